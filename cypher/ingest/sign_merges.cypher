// purpose: Who decided that names are one entity's goes by another name.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (m:`Merge`)
WHERE m.decided_by = row.name
SET m.decided_by = row.other, m.reasons = ['decided by ' + row.other]
