// purpose: Passages by their ids.
// parameters: passage_ids: list of string, groups: list of string or null, as_of: string or null
// columns: id, ordinal, text, start, end, page, heading, document_id, title, uri, version
// example: the passage that evidences a fact
MATCH (p:Passage)
WHERE p.id IN $passage_ids
MATCH (p)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
RETURN p.id AS id, p.ordinal AS ordinal, p.text AS text, p.start AS start, p.end AS end, p.page AS page, p.heading AS heading,
  d.id AS document_id, d.title AS title, d.uri AS uri, d.version AS version
ORDER BY id
