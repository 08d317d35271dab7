// purpose: Which entities passages mention, values left out, and which of them by the name given as the title's (those may come twice).
// parameters: passages: list of map, value_types: list of string, groups: list of string or null, as_of: string or null
// columns: passage_id, entity_ids, titled
// example: what the likeliest passages name
UNWIND $passages AS asked
MATCH (p:Passage {id: asked.id})
MATCH (p)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
MATCH (p)-[m:MENTIONS]->(e:Entity)
WHERE NOT e.type IN $value_types
WITH DISTINCT asked.id AS passage_id, e.id AS entity_id, m.key = asked.title_key AS by_title
ORDER BY entity_id
RETURN passage_id, collect(entity_id) AS entity_ids, collect(CASE WHEN by_title THEN entity_id END) AS titled
ORDER BY passage_id
