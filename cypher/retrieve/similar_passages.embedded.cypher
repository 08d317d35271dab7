// purpose: The visible ones of the passages that the exact vector file found nearest; scores as it computed them.
// parameters: nearest: list of map, k: integer, groups: list of string or null, as_of: string or null
// columns: id, score
// example: passages that mean the same as the question
UNWIND $nearest AS near
MATCH (p:Passage {id: near.id})
MATCH (p)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
RETURN p.id AS id, near.score AS score
ORDER BY score DESC, id
LIMIT $k
