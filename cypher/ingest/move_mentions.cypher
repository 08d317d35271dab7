// purpose: The mentions of a name move to another entity; there its name is another one, unless the entity goes by it.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (:Entity {id: row.from_id})<-[m:MENTIONS {key: row.key}]-(p:Passage)
MATCH (e:Entity {id: row.to_id})
MERGE (p)-[n:MENTIONS {start: m.start, end: m.end, key: m.key}]->(e)
SET n.text = m.text, n.score = m.score, n.alias = m.alias, n.name = m.name, n.type = m.type, n.type_rank = m.type_rank,
  n.other_name = CASE WHEN m.alias THEN m.text WHEN row.away THEN m.name ELSE null END,
  n.terms = CASE WHEN m.alias THEN m.terms WHEN row.away THEN row.terms ELSE '' END
DELETE m
