// purpose: What is known of each name at some entities: how it is written and typed, and where it stands.
// parameters: entity_ids: list of string, most: integer
// columns: key, entity_id, name, type, type_rank, mentions, passages, documents, access, aliases
UNWIND $entity_ids AS id
MATCH (e:Entity {id: id})<-[m:MENTIONS]-(p:Passage)<-[:HAS_PASSAGE]-(d:Document)
WITH e, m, p, d
ORDER BY m.type_rank DESC, m.type, m.name, p.id
WITH m.key AS key, e.id AS entity_id, collect(m.name) AS names, collect(m.type) AS types, max(m.type_rank) AS type_rank,
  count(m) AS mentions, collect(DISTINCT p.id) AS passages, collect(DISTINCT d.id) AS documents,
  collect(DISTINCT d.access) AS access, collect(DISTINCT CASE WHEN m.alias THEN m.text ELSE null END) AS aliases
RETURN key, entity_id, names[0] AS name, types[0] AS type, type_rank, mentions, passages[0..$most] AS passages,
  documents, access, aliases
ORDER BY key
