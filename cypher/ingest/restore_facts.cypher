// purpose: Facts that were carried here get the status that they had, and what people decided of them.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (f:Fact {id: row.id})
SET f.status = row.status, f.confidence = row.confidence, f.recorded_at = row.recorded_at,
  f.retracted_from = row.retracted_from, f.retracted_access = row.retracted_access, f.review = row.review,
  f.reviewed_by = row.reviewed_by, f.reviewed_at = row.reviewed_at, f.corrected_to = row.corrected_to
