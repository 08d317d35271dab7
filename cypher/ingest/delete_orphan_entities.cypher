// purpose: Entities that no passage mentions and no fact needs any longer go.
// parameters: entity_ids: list of string
UNWIND $entity_ids AS id
MATCH (e:Entity {id: id})
WHERE NOT EXISTS { MATCH (:Passage)-[:MENTIONS]->(e) }
  AND NOT EXISTS { MATCH (:Fact)-[:SUBJECT]->(e) }
  AND NOT EXISTS { MATCH (:Fact)-[:OBJECT]->(e) }
DETACH DELETE e
