// purpose: Of some facts the direct edges go of those that no passage evidences any longer.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (f:Fact {id: row.id})-[:SUBJECT]->(s:Entity)
WHERE NOT EXISTS { MATCH (f)-[:EVIDENCED_BY]->(:Passage) }
MATCH (s)-[r]->(:Entity)
WHERE r.fact_id = f.id
DELETE r
