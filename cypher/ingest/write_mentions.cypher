// purpose: Where a passage names an entity, and how its document types it; `other_name` is a name that it does not go by itself.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (p:Passage {id: row.passage_id})
MATCH (e:Entity {id: row.entity_id})
MERGE (p)-[m:MENTIONS {start: row.start, end: row.end, key: row.key}]->(e)
SET m.text = row.text, m.score = row.score, m.alias = row.alias, m.other_name = row.other_name, m.terms = row.terms,
  m.name = row.name, m.type = row.type, m.type_rank = row.type_rank
