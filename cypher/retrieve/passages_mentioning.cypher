// purpose: Passages that mention any of the entities: those of more of them first, then those by the name that they go by, then the earlier in its document.
// parameters: entity_ids: list of string, limit: integer, groups: list of string or null, as_of: string or null
// columns: id, ordinal, text, start, end, page, heading, document_id, title, uri, version, mentioned
// example: passages about Atlas
MATCH (e:Entity)<-[m:MENTIONS]-(p:Passage)
WHERE e.id IN $entity_ids
MATCH (p)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH p, d, count(DISTINCT e.id) AS mentioned, max(CASE WHEN m.key = e.key THEN 1 ELSE 0 END) AS by_name
RETURN p.id AS id, p.ordinal AS ordinal, p.text AS text, p.start AS start, p.end AS end, p.page AS page, p.heading AS heading,
  d.id AS document_id, d.title AS title, d.uri AS uri, d.version AS version, mentioned
ORDER BY mentioned DESC, by_name DESC, ordinal, title, id
LIMIT $limit
