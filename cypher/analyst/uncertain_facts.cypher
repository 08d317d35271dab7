// purpose: Facts that nobody reviewed and that are only said to be possible, or no more certain than a confidence; the least certain first.
// parameters: confidence: float = 0.5, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: subject, predicate, object, negated, certainty, hedged, documents, fact_id
// example: Which facts should be checked?
MATCH (f:Fact)
WHERE f.status = 'asserted'
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH f, d, evidence, coalesce(evidence.valid_from, '') AS begins, coalesce(evidence.valid_to, '') AS ends
ORDER BY evidence.score DESC, evidence.hedged, evidence.deadline, evidence.exception, evidence.due, begins, ends
WITH f, max(evidence.score) AS confidence, count(DISTINCT d.id) AS documents,
  collect(evidence.hedged) AS hedges, collect(begins) AS froms, collect(ends) AS tos
WITH f, confidence AS certainty, hedges[0] AS hedged, documents
WHERE hedged OR certainty <= $confidence
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN s.name AS subject, f.predicate AS predicate, o.name AS object, f.negated AS negated, certainty, hedged, documents, f.id AS fact_id
ORDER BY certainty, subject, predicate, object, fact_id
LIMIT $limit
