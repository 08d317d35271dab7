// purpose: Who must, may or must not do what, by when, and except when.
// parameters: groups: list of string or null
// columns: subject, modality, action, deadline, due, exception, document
// example: Which obligations are there?
MATCH (s:Entity)<-[:SUBJECT]-(f:Fact)-[:OBJECT]->(o:Entity)
WHERE f.predicate IN ['MUST', 'MAY', 'MUST_NOT'] AND f.status <> 'retracted'
MATCH (f)-[e:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
RETURN DISTINCT s.name AS subject, f.predicate AS modality, o.name AS action,
  e.deadline AS deadline, e.due AS due, e.exception AS exception, d.title AS document
ORDER BY subject, modality, action, deadline, due, exception, document
