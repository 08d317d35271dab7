// purpose: Entities whose name, or one that was merged into theirs, is in one of the blocks of names that may be meant: for misspelt names.
// parameters: blocks: list of string, limit: integer, groups: list of string or null
// columns: id, name, type, value, aliases, key
// example: Who owns Lantrn CRM?
UNWIND $blocks AS asked
MATCH (b:NameBlock {block: asked})
WITH DISTINCT b.key AS key
MATCH (e:Entity {key: key})
WHERE EXISTS {
    MATCH (e)<-[:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  }
OPTIONAL MATCH (e)<-[m:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(a:Document)
WHERE m.other_name IS NOT NULL AND ($groups IS NULL OR any(g IN a.access WHERE g IN $groups))
WITH e, m
ORDER BY m.other_name
RETURN e.id AS id, e.name AS name, e.type AS type, e.value AS value, collect(DISTINCT m.other_name) AS aliases, e.key AS key
ORDER BY id
LIMIT $limit
