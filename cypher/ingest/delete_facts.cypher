// purpose: Facts go altogether; their direct edges are deleted before.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (f:Fact {id: row.id})
DETACH DELETE f
