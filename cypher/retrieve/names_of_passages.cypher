// purpose: The entities that passages mention, values left out, each as often as the document's characters where, which of them by their document's title, and what passages are found by; passages that mention none are left out.
// parameters: passage_ids: list of string, value_types: list of string, groups: list of string or null, as_of: string or null
// columns: id, title, terms, entity_ids, starts, titled
// example: what the likeliest passages name
MATCH (p:Passage)
WHERE p.id IN $passage_ids
MATCH (p)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
MATCH (p)-[m:MENTIONS]->(e:Entity)
WHERE NOT e.type IN $value_types
WITH p, d, e.id AS entity_id, m.start AS start, m.key = d.title_key AS by_title
ORDER BY start, entity_id
WITH p, d, collect(entity_id) AS entity_ids, collect(start) AS starts,
  collect(CASE WHEN by_title THEN entity_id END) AS titled
RETURN p.id AS id, d.title AS title, p.terms AS terms, entity_ids, starts, titled
ORDER BY id
