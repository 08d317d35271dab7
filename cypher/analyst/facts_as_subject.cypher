// purpose: What is said of an entity: the facts that it is the subject of.
// parameters: name: name of an entity, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: predicate, object, object_type, negated, hedged, valid_from, valid_to, confidence, documents, fact_id
// example: What is said of Quillpay?
MATCH (s:Entity {key: toLower($name)})<-[:SUBJECT]-(f:Fact)
WHERE f.status <> 'retracted'
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH s, f, d, evidence, coalesce(evidence.valid_from, '') AS begins, coalesce(evidence.valid_to, '') AS ends
ORDER BY evidence.score DESC, evidence.hedged, evidence.deadline, evidence.exception, evidence.due, begins, ends
WITH s, f, max(evidence.score) AS confidence, count(DISTINCT d.id) AS documents,
  collect(evidence.hedged) AS hedges, collect(begins) AS froms, collect(ends) AS tos
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN f.predicate AS predicate, CASE WHEN o.id = s.id THEN f.object_name ELSE o.name END AS object, o.type AS object_type,
  f.negated AS negated, hedges[0] AS hedged, froms[0] AS valid_from, tos[0] AS valid_to, confidence, documents, f.id AS fact_id
ORDER BY predicate, object, fact_id
LIMIT $limit
