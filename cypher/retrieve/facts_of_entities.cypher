// purpose: What is known of an entity, as subject or as object.
// parameters: entity_ids: list of string, limit: integer, groups: list of string or null, as_of: string or null
// columns: id, subject_id, subject, subject_type, predicate, object_id, object, object_type, confidence, valid_from, valid_to, negated, hedged, deadline, due, exception
// example: What is known of Atlas?
MATCH (e:Entity)<-[:SUBJECT|OBJECT]-(f:Fact)
WHERE e.id IN $entity_ids AND f.status <> 'retracted'
MATCH (f)-[shown:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(shown.valid_from, $as_of) <= $as_of AND coalesce(shown.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH DISTINCT f
ORDER BY f.id
LIMIT $limit
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH f, evidence, coalesce(evidence.valid_from, '') AS begins, coalesce(evidence.valid_to, '') AS ends
ORDER BY evidence.score DESC, evidence.hedged, evidence.deadline, evidence.exception, evidence.due, begins, ends
WITH f, max(evidence.score) AS confidence, collect(evidence.hedged) AS hedges, collect(evidence.deadline) AS deadlines,
  collect(evidence.due) AS dues, collect(evidence.exception) AS exceptions,
  collect(begins) AS froms, collect(ends) AS tos
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN f.id AS id, s.id AS subject_id, s.name AS subject, s.type AS subject_type, f.predicate AS predicate,
  o.id AS object_id, CASE WHEN o.id = s.id THEN f.object_name ELSE o.name END AS object, o.type AS object_type, confidence,
  CASE WHEN froms[0] = '' THEN null ELSE froms[0] END AS valid_from,
  CASE WHEN tos[0] = '' THEN null ELSE tos[0] END AS valid_to, f.negated AS negated,
  hedges[0] AS hedged, deadlines[0] AS deadline, dues[0] AS due, exceptions[0] AS exception
ORDER BY id
