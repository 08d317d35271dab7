// purpose: Entities whose normalised name, or one that was merged into theirs, is one of the keys.
// parameters: keys: list of string, groups: list of string or null
// columns: id, name, type, value, aliases, key
// example: What is known of Atlas?
UNWIND $keys AS asked
MATCH (e:Entity {key: asked})
MATCH (e)<-[m:MENTIONS]-(p:Passage)
MATCH (p)<-[:HAS_PASSAGE]-(d:Document)
WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
WITH e, m
ORDER BY m.other_name
RETURN e.id AS id, e.name AS name, e.type AS type, e.value AS value, collect(DISTINCT m.other_name) AS aliases, e.key AS key
UNION
UNWIND $keys AS asked
MATCH (n:MergedName {key: asked})-[:NAMES]->(e:Entity)
MATCH (e)<-[named:MENTIONS]-(p:Passage)
WHERE named.key = n.key
MATCH (p)<-[:HAS_PASSAGE]-(d:Document)
WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
WITH DISTINCT e
MATCH (e)<-[m:MENTIONS]-(p:Passage)
MATCH (p)<-[:HAS_PASSAGE]-(d:Document)
WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
WITH e, m
ORDER BY m.other_name
RETURN e.id AS id, e.name AS name, e.type AS type, e.value AS value, collect(DISTINCT m.other_name) AS aliases, e.key AS key
