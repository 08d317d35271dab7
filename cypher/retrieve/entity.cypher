// purpose: One entity.
// parameters: entity_id: string, groups: list of string or null
// columns: id, name, type, value, aliases, key
// example: What is known of Atlas?
MATCH (e:Entity {id: $entity_id})
WHERE EXISTS {
    MATCH (e)<-[:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  }
OPTIONAL MATCH (e)<-[m:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(a:Document)
WHERE m.other_name IS NOT NULL AND ($groups IS NULL OR any(g IN a.access WHERE g IN $groups))
WITH e, m
ORDER BY m.other_name
RETURN e.id AS id, e.name AS name, e.type AS type, e.value AS value, collect(DISTINCT m.other_name) AS aliases, e.key AS key
