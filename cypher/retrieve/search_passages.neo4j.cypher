// purpose: Passages by full text (BM25) over title, headings and text; Neo4j's index procedure, which gives the best ones first.
// parameters: query: string, k: integer, groups: list of string or null, as_of: string or null
// columns: id, ordinal, text, start, end, page, heading, document_id, title, uri, version, score
// example: passages about breach notification
CALL db.index.fulltext.queryNodes('passage_terms', $query) YIELD node AS p, score
MATCH (p)<-[:HAS_PASSAGE]-(d)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH p, d, score
LIMIT $k
RETURN p.id AS id, p.ordinal AS ordinal, p.text AS text, p.start AS start, p.end AS end, p.page AS page, p.heading AS heading,
  d.id AS document_id, d.title AS title, d.uri AS uri, d.version AS version, score
ORDER BY score DESC, id
