// purpose: How many entities each type has, and how often they are mentioned.
// parameters: limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: type, entities, mentions
// example: What kinds of things does the graph hold?
MATCH (d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
MATCH (d)-[:HAS_PASSAGE]->(:Passage)-[:MENTIONS]->(e:Entity)
RETURN e.type AS type, count(DISTINCT e.id) AS entities, count(e) AS mentions
ORDER BY entities DESC, type
LIMIT $limit
