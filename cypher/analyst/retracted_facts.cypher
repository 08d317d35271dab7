// purpose: Facts that a changed document no longer states and no other one does.
// parameters: limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: document, subject, predicate, object, negated, fact_id
// example: What did we hold true that is no longer said?
MATCH (d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
MATCH (f:Fact {retracted_from: d.id})
WHERE f.status = 'retracted' AND ($groups IS NULL OR any(g IN f.retracted_access WHERE g IN $groups))
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN d.title AS document, s.name AS subject, f.predicate AS predicate, o.name AS object, f.negated AS negated, f.id AS fact_id
ORDER BY document, subject, predicate, object, fact_id
LIMIT $limit
