// purpose: Entities go altogether, with all that leads to them.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (e:Entity {id: row.id})
DETACH DELETE e
