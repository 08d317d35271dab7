// purpose: Entities whose name, or one that was merged into theirs, is in one of the blocks of names that may be meant: for misspelt names.
// parameters: blocks: list of string, limit: integer, groups: list of string or null
// columns: id, name, type, value, aliases, key
// example: Who owns Lantrn CRM?
UNWIND $blocks AS asked
MATCH (b:NameBlock {block: asked})
WITH DISTINCT b.key AS key
CALL (key) {
  MATCH (e:Entity {key: key})<-[:MENTIONS]-(p)
  MATCH (p)<-[:HAS_PASSAGE]-(d)
  WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  RETURN e.id AS id, e.name AS name, e.type AS type, e.value AS value
  LIMIT 1
}
WITH id, name, type, value, key
ORDER BY id
LIMIT $limit
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
ORDER BY id
