// purpose: Names that were merged into another's entity, so that they are found there, and go there when met again.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (e:Entity {id: row.to_id})
MERGE (n:MergedName {key: row.key})
MERGE (n)-[:NAMES]->(e)
