// purpose: Facts one step beyond an entity's own: entity, first predicate, a bridge, second predicate. No chain leads over a denial.
// parameters: entity_ids: list of string, predicates: list of string, value_types: list of string, limit: integer, groups: list of string or null, as_of: string or null
// columns: first_id, bridge_id, id, subject_id, subject, subject_type, predicate, object_id, object, object_type, confidence, valid_from, valid_to, negated, hedged, deadline, due, exception
// example: Who is the manager of the owner of Atlas?
MATCH (start:Entity)<-[:SUBJECT|OBJECT]-(first:Fact)-[:SUBJECT|OBJECT]->(bridge:Entity)
WHERE start.id IN $entity_ids AND first.predicate IN $predicates AND first.status <> 'retracted' AND first.negated = false
  AND NOT bridge.id IN $entity_ids AND NOT bridge.type IN $value_types
  AND EXISTS {
    MATCH (first)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
MATCH (bridge)<-[:SUBJECT|OBJECT]-(f:Fact)
WHERE f.predicate IN $predicates AND f.predicate <> first.predicate AND f.status <> 'retracted' AND f.negated = false
WITH DISTINCT first, bridge, f
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH first, bridge, f, evidence, coalesce(evidence.valid_from, '') AS begins, coalesce(evidence.valid_to, '') AS ends
ORDER BY evidence.score DESC, evidence.hedged, evidence.deadline, evidence.exception, evidence.due, begins, ends
WITH first, bridge, f, max(evidence.score) AS confidence, collect(evidence.hedged) AS hedges, collect(evidence.deadline) AS deadlines,
  collect(evidence.due) AS dues, collect(evidence.exception) AS exceptions,
  collect(begins) AS froms, collect(ends) AS tos
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN first.id AS first_id, bridge.id AS bridge_id, f.id AS id, s.id AS subject_id, s.name AS subject, s.type AS subject_type, f.predicate AS predicate,
  o.id AS object_id, CASE WHEN o.id = s.id THEN f.object_name ELSE o.name END AS object, o.type AS object_type, confidence,
  CASE WHEN froms[0] = '' THEN null ELSE froms[0] END AS valid_from,
  CASE WHEN tos[0] = '' THEN null ELSE tos[0] END AS valid_to, f.negated AS negated,
  hedges[0] AS hedged, deadlines[0] AS deadline, dues[0] AS due, exceptions[0] AS exception
ORDER BY first_id, id
LIMIT $limit
