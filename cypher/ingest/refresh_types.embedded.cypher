// purpose: An entity's name and type are the most certain ones that the documents still held give the name it goes by.
// parameters: entity_ids: list of string
UNWIND $entity_ids AS id
MATCH (e:Entity {id: id})<-[m:MENTIONS]-(:Passage)
WITH DISTINCT e, CASE WHEN m.key = e.key THEN 0 ELSE 1 END AS merged, m.type_rank AS rank, m.type AS type, m.name AS name
ORDER BY merged, rank DESC, type, name
WITH e, collect(name) AS names, collect(type) AS types
SET e.name = names[0], e.type = types[0]
