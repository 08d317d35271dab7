// purpose: What passages name, values left out, by the names that documents give it: to keep people's from who may not read them.
// parameters: passage_ids: list of string, value_types: list of string
// columns: entity_id, name, type, written, written_type, type_rank, text, aliases
MATCH (p:Passage)-[m:MENTIONS]->(e:Entity)
WHERE p.id IN $passage_ids AND NOT m.type IN $value_types
RETURN DISTINCT e.id AS entity_id, e.name AS name, e.type AS type, m.name AS written, m.type AS written_type,
  m.type_rank AS type_rank, m.text AS text, e.aliases AS aliases
ORDER BY entity_id, written, written_type, type_rank, text
