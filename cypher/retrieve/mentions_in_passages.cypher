// purpose: Where passages name entities, values left out, in reading order.
// parameters: passage_ids: list of string, value_types: list of string, groups: list of string or null, as_of: string or null
// columns: passage_id, entity_id, key, start
// example: what the best passages name
MATCH (p:Passage)
WHERE p.id IN $passage_ids
MATCH (p)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
MATCH (p)-[m:MENTIONS]->(e:Entity)
WHERE NOT e.type IN $value_types
RETURN p.id AS passage_id, e.id AS entity_id, m.key AS key, m.start AS start
ORDER BY passage_id, start, entity_id
