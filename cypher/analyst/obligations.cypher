// purpose: Who must, may or must not do what, by when, and except when.
// parameters: groups: list of string or null, as_of: date or null
// columns: subject, modality, action, deadline, due, exception, document
// example: Which obligations are there?
MATCH (f:Fact)
WHERE f.predicate IN ['MUST', 'MAY', 'MUST_NOT'] AND f.status <> 'retracted'
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN DISTINCT s.name AS subject, f.predicate AS modality, o.name AS action,
  evidence.deadline AS deadline, evidence.due AS due, evidence.exception AS exception, d.title AS document
ORDER BY subject, modality, action, deadline, due, exception, document
