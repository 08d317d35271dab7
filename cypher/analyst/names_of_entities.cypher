// purpose: Every name that documents give to entities that are no values.
// parameters: without_types: list of string = Event; Term; Concept, limit: integer = 100000, groups: list of string or null, as_of: date or null
// columns: id, name, type, names
// example: Which names does each entity have?
MATCH (d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
MATCH (d)-[:HAS_PASSAGE]->(:Passage)-[m:MENTIONS]->(e:Entity)
WHERE NOT e.type IN ['Action', 'Amount', 'Date', 'Definition', 'Duration', 'Percentage', 'Value'] AND NOT e.type IN $without_types
WITH DISTINCT e, m.name AS written
ORDER BY written
RETURN e.id AS id, e.name AS name, e.type AS type, collect(written) AS names
ORDER BY name, id
LIMIT $limit
