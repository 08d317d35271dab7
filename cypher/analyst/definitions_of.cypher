// purpose: How a term is defined, where, and from which character to which.
// parameters: name: name of an entity, groups: list of string or null, as_of: date or null
// columns: term, definition, document, start, end, fact_id
// example: What does personal data breach mean?
MATCH (s:Entity {key: toLower($name)})<-[:SUBJECT]-(f:Fact)
WHERE f.predicate = 'DEFINED_AS' AND f.status <> 'retracted' AND f.negated = false
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN s.name AS term, o.name AS definition, d.title AS document, evidence.start AS start, evidence.end AS end, f.id AS fact_id
ORDER BY document, start, end, fact_id
