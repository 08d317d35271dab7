// purpose: Entities whose normalised name, or one that was merged into theirs, is one of the keys.
// parameters: keys: list of string, groups: list of string or null
// columns: id, name, type, value, aliases, key
// example: What is known of Atlas?
UNWIND $keys AS asked
CALL (asked) {
  MATCH (e:Entity {key: asked})<-[:MENTIONS]-(p)
  MATCH (p)<-[:HAS_PASSAGE]-(d)
  WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  RETURN e.id AS id, e.name AS name, e.type AS type, e.value AS value, e.key AS key
  LIMIT 1
}
CALL (id) {
  MATCH (e:Entity {id: id})<-[m:MENTIONS]-(p)
  WHERE m.other_name IS NOT NULL
  MATCH (p)<-[:HAS_PASSAGE]-(d)
  WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  WITH m
  ORDER BY m.other_name
  RETURN collect(DISTINCT m.other_name) AS aliases
}
RETURN id, name, type, value, aliases, key
UNION
UNWIND $keys AS asked
CALL (asked) {
  MATCH (n:MergedName {key: asked})-[:NAMES]->(e:Entity)
  MATCH (e)<-[m:MENTIONS]-(p)
  WHERE m.key = n.key
  MATCH (p)<-[:HAS_PASSAGE]-(d)
  WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  RETURN e.id AS id, e.name AS name, e.type AS type, e.value AS value, e.key AS key
  LIMIT 1
}
CALL (id) {
  MATCH (e:Entity {id: id})<-[m:MENTIONS]-(p)
  WHERE m.other_name IS NOT NULL
  MATCH (p)<-[:HAS_PASSAGE]-(d)
  WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  WITH m
  ORDER BY m.other_name
  RETURN collect(DISTINCT m.other_name) AS aliases
}
RETURN id, name, type, value, aliases, key
