// purpose: The things and people of given types that passages name: bridges to facts that the question does not name.
// parameters: passage_ids: list of string, types: list of string, groups: list of string or null, as_of: string or null
// columns: id, name, type, passage_id
// example: Who is the manager of the employee who lost the laptop?
MATCH (p:Passage)-[:MENTIONS]->(e:Entity)
WHERE p.id IN $passage_ids AND e.type IN $types
MATCH (p)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
RETURN DISTINCT e.id AS id, e.name AS name, e.type AS type, p.id AS passage_id
ORDER BY id, passage_id
