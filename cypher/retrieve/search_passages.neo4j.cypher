// purpose: Passages by full text (BM25) over title, headings and text; Neo4j's index procedure, which gives the best ones first.
// parameters: query: string, k: integer, groups: list of string or null, as_of: string or null
// columns: id, score
// example: passages about breach notification
CALL db.index.fulltext.queryNodes('passage_terms', $query) YIELD node AS p, score
MATCH (p)<-[:HAS_PASSAGE]-(d)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH p, d, score
LIMIT $k
RETURN p.id AS id, score
ORDER BY score DESC, id
