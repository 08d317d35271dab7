// purpose: The direct edges of facts go.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (f:Fact {id: row.id})-[:SUBJECT]->(s:Entity)
MATCH (s)-[r]->(:Entity)
WHERE r.fact_id = row.id
DELETE r
