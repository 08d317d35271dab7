// purpose: Names that have been resolved.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (b:NameBlock {key: row.key})
SET b.pending = null
