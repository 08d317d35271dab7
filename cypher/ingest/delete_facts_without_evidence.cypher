// purpose: Of some facts those go that no passage evidences any longer.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (f:Fact {id: row.id})
WHERE NOT EXISTS { MATCH (f)-[:EVIDENCED_BY]->(:Passage) }
DETACH DELETE f
