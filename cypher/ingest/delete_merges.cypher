// purpose: Decisions that no longer hold go.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (m:`Merge` {id: row.id})
DETACH DELETE m
