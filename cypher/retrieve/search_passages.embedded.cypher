// purpose: Passages by full text (BM25) over title, headings and text; the embedded store's procedure, which asks how many to look at.
// parameters: query: string, k: integer, candidates: integer, groups: list of string or null, as_of: string or null
// columns: id, score
// example: passages about breach notification
CALL grafeo.search.text('Passage', 'terms', $query, $candidates) YIELD node_id, score
MATCH (p:Passage)
WHERE id(p) = node_id
MATCH (p)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
RETURN p.id AS id, score
ORDER BY score DESC, id
LIMIT $k
