// purpose: Entities whose normalised name, or one that was merged into theirs, is one of the keys.
// parameters: keys: list of string, groups: list of string or null
// columns: id, name, type, value, aliases, key
// example: What is known of Atlas?
UNWIND $keys AS asked
MATCH (e:Entity {key: asked})
WHERE EXISTS {
    MATCH (e)<-[:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  }
OPTIONAL MATCH (e)<-[m:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(a:Document)
WHERE m.other_name IS NOT NULL AND ($groups IS NULL OR any(g IN a.access WHERE g IN $groups))
WITH e, m
ORDER BY m.other_name
RETURN e.id AS id, e.name AS name, e.type AS type, e.value AS value, collect(DISTINCT m.other_name) AS aliases, e.key AS key
UNION
UNWIND $keys AS asked
MATCH (n:MergedName {key: asked})-[:NAMES]->(e:Entity)
WHERE EXISTS {
    MATCH (e)<-[named:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE named.key = n.key AND ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  }
WITH DISTINCT e
OPTIONAL MATCH (e)<-[m:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(a:Document)
WHERE m.other_name IS NOT NULL AND ($groups IS NULL OR any(g IN a.access WHERE g IN $groups))
WITH e, m
ORDER BY m.other_name
RETURN e.id AS id, e.name AS name, e.type AS type, e.value AS value, collect(DISTINCT m.other_name) AS aliases, e.key AS key
