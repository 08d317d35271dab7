// purpose: What points at an entity: the facts that it is the object of.
// parameters: name: name of an entity, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: subject, subject_type, predicate, negated, hedged, valid_from, valid_to, confidence, documents, fact_id
// example: Who and what has to do with Quillpay?
MATCH (o:Entity {key: toLower($name)})<-[:OBJECT]-(f:Fact)
WHERE f.status <> 'retracted'
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH f, d, evidence, coalesce(evidence.valid_from, '') AS begins, coalesce(evidence.valid_to, '') AS ends
ORDER BY evidence.score DESC, evidence.hedged, evidence.deadline, evidence.exception, evidence.due, begins, ends
WITH f, max(evidence.score) AS confidence, count(DISTINCT d.id) AS documents,
  collect(evidence.hedged) AS hedges, collect(begins) AS froms, collect(ends) AS tos
MATCH (f)-[:SUBJECT]->(s:Entity)
RETURN s.name AS subject, s.type AS subject_type, f.predicate AS predicate,
  f.negated AS negated, hedges[0] AS hedged, froms[0] AS valid_from, tos[0] AS valid_to, confidence, documents, f.id AS fact_id
ORDER BY predicate, subject, fact_id
LIMIT $limit
