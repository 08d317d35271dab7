// purpose: What live facts outside the ontology say, most frequent first: what the ontology may lack.
// parameters: limit: integer, groups: list of string or null
// columns: predicate, subject_type, object_type, facts
// example: Which predicates does the ontology not have?
MATCH (s:Entity)<-[:SUBJECT]-(f:Fact)-[:OBJECT]->(o:Entity)
WHERE f.outside_ontology = true AND f.status <> 'retracted'
  AND EXISTS {
    MATCH (f)-[:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  }
RETURN f.predicate AS predicate, s.type AS subject_type, o.type AS object_type, count(DISTINCT f) AS facts
ORDER BY facts DESC, predicate, subject_type, object_type
LIMIT $limit
