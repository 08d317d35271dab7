// purpose: The blocks under which a name is compared with others; it is to be resolved again.
// parameters: rows: list of map
UNWIND $rows AS row
MERGE (b:NameBlock {id: row.id})
SET b.key = row.key, b.block = row.block, b.pending = true
