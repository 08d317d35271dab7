// purpose: The facts that join things, not values, most certain first: an edge list for tools that analyse graphs, which the analyses read too.
// parameters: without_types: list of string = Event, limit: integer = 100000, groups: list of string or null, as_of: date or null
// columns: fact_id, subject_id, subject, subject_type, predicate, object_id, object, object_type, confidence
// example: What is the whole graph?
MATCH (f:Fact)
WHERE f.status <> 'retracted' AND f.negated = false
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH f, max(evidence.score) AS confidence
MATCH (f)-[:SUBJECT]->(s:Entity)
WHERE NOT s.type IN ['Action', 'Amount', 'Date', 'Definition', 'Duration', 'Percentage', 'Value'] AND NOT s.type IN $without_types
MATCH (f)-[:OBJECT]->(o:Entity)
WHERE NOT o.type IN ['Action', 'Amount', 'Date', 'Definition', 'Duration', 'Percentage', 'Value'] AND NOT o.type IN $without_types AND o.id <> s.id
RETURN f.id AS fact_id, s.id AS subject_id, s.name AS subject, s.type AS subject_type, f.predicate AS predicate,
  o.id AS object_id, o.name AS object, o.type AS object_type, confidence
ORDER BY confidence DESC, fact_id
LIMIT $limit
