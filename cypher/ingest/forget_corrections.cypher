// purpose: Facts that were corrected to a fact that goes stay as they were decided, corrected to nothing.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (f:Fact)
WHERE f.corrected_to = row.id
SET f.corrected_to = null
