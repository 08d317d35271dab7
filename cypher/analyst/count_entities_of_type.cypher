// purpose: How many entities of a type there are.
// parameters: type: string, groups: list of string or null
// columns: count
// example: How many incidents are there?
MATCH (e:Entity)
WHERE e.type = $type
  AND EXISTS {
    MATCH (e)<-[:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  }
RETURN count(DISTINCT e.id) AS count
