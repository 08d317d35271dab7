// purpose: How many entities of a type there are.
// parameters: type: string, groups: list of string or null, as_of: date or null
// columns: count
// example: How many incidents are there?
MATCH (e:Entity)
WHERE e.type = $type
  AND EXISTS {
    MATCH (e)<-[:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
RETURN count(DISTINCT e.id) AS count
