// purpose: Where a document names entities, in reading order.
// parameters: document_id: string, groups: list of string or null, as_of: string or null
// columns: passage_id, start, end, text, score, entity_id, name, type
// example: Whom does the document name?
MATCH (d:Document {id: $document_id})-[:HAS_PASSAGE]->(p:Passage)-[m:MENTIONS]->(e:Entity)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
RETURN p.id AS passage_id, m.start AS start, m.end AS end, m.text AS text, m.score AS score,
  e.id AS entity_id, e.name AS name, e.type AS type
ORDER BY start, end, entity_id
