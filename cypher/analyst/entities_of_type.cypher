// purpose: All entities of a type, by name.
// parameters: type: string, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: id, name, type
// example: Which systems are there?
MATCH (e:Entity)
WHERE e.type = $type
  AND EXISTS {
    MATCH (e)<-[:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
RETURN e.id AS id, e.name AS name, e.type AS type
ORDER BY name, id
LIMIT $limit
