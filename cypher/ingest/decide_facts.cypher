// purpose: What a person decided of facts: approved ones are reviewed, rejected ones retracted, whatever documents say later.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (f:Fact {id: row.id})
SET f.review = row.review, f.reviewed_by = row.by, f.reviewed_at = row.at, f.corrected_to = row.corrected_to,
  f.status = CASE WHEN row.review = 'rejected' THEN 'retracted' WHEN f.retracted_from IS NULL THEN 'reviewed' ELSE f.status END
