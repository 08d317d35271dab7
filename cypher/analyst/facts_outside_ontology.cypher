// purpose: What live facts outside the ontology say, most frequent first: what the ontology may lack.
// parameters: limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: predicate, subject_type, object_type, facts
// example: Which predicates does the ontology not have?
MATCH (f:Fact)
WHERE f.outside_ontology = true AND f.status <> 'retracted'
  AND EXISTS {
    MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN f.predicate AS predicate, s.type AS subject_type, o.type AS object_type, count(DISTINCT f) AS facts
ORDER BY facts DESC, predicate, subject_type, object_type
LIMIT $limit
