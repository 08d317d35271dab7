// purpose: Facts that move to other entities show no direct edge between their former ones.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (s:Entity {id: row.old_subject_id})-[r]->(:Entity)
WHERE r.fact_id = row.id
DELETE r
