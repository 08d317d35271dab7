// purpose: Who decided on facts goes by another name.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (f:Fact)
WHERE f.reviewed_by = row.name
SET f.reviewed_by = row.other
