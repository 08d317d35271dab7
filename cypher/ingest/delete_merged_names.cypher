// purpose: Names that are no longer merged into the entity of another.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (n:MergedName {key: row.key})
DETACH DELETE n
