// purpose: The documents that mention some entities.
// parameters: entity_ids: list of string
// columns: id
UNWIND $entity_ids AS entity_id
MATCH (:Entity {id: entity_id})<-[:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(d:Document)
RETURN DISTINCT d.id AS id
ORDER BY id
