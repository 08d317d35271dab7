// purpose: Names that no passage mentions any longer are compared with none.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (b:NameBlock {key: row.key})
DETACH DELETE b
