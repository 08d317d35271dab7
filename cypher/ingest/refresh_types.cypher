// purpose: An entity's name and type are the most certain ones of the documents still held, whatever their order.
// parameters: entity_ids: list of string
MATCH (e:Entity)<-[m:MENTIONS]-(:Passage)
WHERE e.id IN $entity_ids
WITH DISTINCT e, m.type_rank AS rank, m.type AS type, m.name AS name
ORDER BY rank DESC, type, name
WITH e, collect(name) AS names, collect(type) AS types
SET e.name = names[0], e.type = types[0]
