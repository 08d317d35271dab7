// purpose: Which characters of which passage evidence a fact.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (f:Fact {id: row.fact_id})
MATCH (p:Passage {id: row.passage_id})
MERGE (f)-[e:EVIDENCED_BY {start: row.start, end: row.end}]->(p)
SET e.score = row.score
