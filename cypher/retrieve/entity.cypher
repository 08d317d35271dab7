// purpose: One entity.
// parameters: entity_id: string, groups: list of string or null
// columns: id, name, type, aliases, key
// example: What is known of Atlas?
MATCH (e:Entity {id: $entity_id})
WHERE EXISTS {
    MATCH (e)<-[:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  }
RETURN e.id AS id, e.name AS name, e.type AS type, e.aliases AS aliases, e.key AS key
