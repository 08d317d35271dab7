// purpose: Facts that a document says hold from or until a day, as far as they hold on the given one.
// parameters: day: date, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: subject, predicate, object, valid_from, valid_to, document, fact_id
// example: Which dated facts hold on 1 March 2026?
MATCH (f:Fact)
WHERE f.status <> 'retracted' AND f.negated = false
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  AND (evidence.valid_from IS NOT NULL OR evidence.valid_to IS NOT NULL)
  AND (evidence.valid_from IS NULL OR evidence.valid_from <= $day) AND (evidence.valid_to IS NULL OR evidence.valid_to >= $day)
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN DISTINCT s.name AS subject, f.predicate AS predicate, o.name AS object,
  coalesce(evidence.valid_from, '') AS valid_from, coalesce(evidence.valid_to, '') AS valid_to, d.title AS document, f.id AS fact_id
ORDER BY subject, predicate, object, valid_from, valid_to, document, fact_id
LIMIT $limit
