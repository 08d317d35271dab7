// purpose: Passages that mention any of the entities, those that mention more of them first.
// parameters: entity_ids: list of string, limit: integer, groups: list of string or null
// columns: id, ordinal, text, start, end, page, heading, document_id, title, uri, version, mentioned
// example: passages about Atlas
MATCH (e:Entity)<-[:MENTIONS]-(p:Passage)
WHERE e.id IN $entity_ids
MATCH (p)<-[:HAS_PASSAGE]-(d:Document)
WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
RETURN p.id AS id, p.ordinal AS ordinal, p.text AS text, p.start AS start, p.end AS end, p.page AS page, p.heading AS heading,
  d.id AS document_id, d.title AS title, d.uri AS uri, d.version AS version, count(DISTINCT e.id) AS mentioned
ORDER BY mentioned DESC, id
LIMIT $limit
