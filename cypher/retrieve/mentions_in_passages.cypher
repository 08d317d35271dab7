// purpose: Where passages name entities, values left out, in reading order: an entity and the character where its name begins, each.
// parameters: passage_ids: list of string, value_types: list of string, groups: list of string or null, as_of: string or null
// columns: passage_id, entity_ids, starts
// example: what the best passages name
UNWIND $passage_ids AS passage_id
MATCH (p:Passage {id: passage_id})
MATCH (p)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
MATCH (p)-[m:MENTIONS]->(e:Entity)
WHERE NOT e.type IN $value_types
WITH passage_id, e.id AS entity_id, m.start AS start
ORDER BY start, entity_id
RETURN passage_id, collect(entity_id) AS entity_ids, collect(start) AS starts
ORDER BY passage_id
