// purpose: Entities of given types by how many others of given types are joined to them by given predicates (or any), the most or the fewest first.
// parameters: types: list of string, other_types: list of string, predicates: list of string, fewest: boolean, limit: integer, groups: list of string or null, as_of: string or null
// columns: id, name, type, count
// example: Which system has the most incidents?
MATCH (e:Entity)
WHERE e.type IN $types
MATCH (e)<-[:SUBJECT|OBJECT]-(f:Fact)
WHERE f.status <> 'retracted' AND f.negated = false AND (size($predicates) = 0 OR f.predicate IN $predicates)
MATCH (f)-[:SUBJECT|OBJECT]->(other:Entity)
WHERE other.id <> e.id AND other.type IN $other_types
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH e, count(DISTINCT other.id) AS count
RETURN e.id AS id, e.name AS name, e.type AS type, count
ORDER BY CASE WHEN $fewest THEN count ELSE -count END, id
LIMIT $limit
