// purpose: Entities that no passage mentions and no fact needs any longer go.
// parameters: entity_ids: list of string
MATCH (e:Entity)
WHERE e.id IN $entity_ids
  AND NOT EXISTS { MATCH (:Passage)-[:MENTIONS]->(e) }
  AND NOT EXISTS { MATCH (:Fact)-[:SUBJECT]->(e) }
  AND NOT EXISTS { MATCH (:Fact)-[:OBJECT]->(e) }
DETACH DELETE e
