// purpose: Passages nearest to a question's vector; Neo4j's vector index (approximate, so it looks at more than it returns).
// parameters: vector: list of float, k: integer, candidates: integer, groups: list of string or null, as_of: string or null
// columns: id, score
// example: passages that mean the same as the question
CALL db.index.vector.queryNodes('passage_embedding', $candidates, $vector) YIELD node AS p, score
MATCH (d:Document)-[:HAS_PASSAGE]->(p)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
RETURN p.id AS id, score
ORDER BY score DESC, id
LIMIT $k
