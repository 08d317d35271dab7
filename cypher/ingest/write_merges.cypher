// purpose: Decisions that two names are one entity's, or are not; a newer one replaces the older.
// parameters: rows: list of map
UNWIND $rows AS row
MERGE (m:`Merge` {id: row.id})
SET m.key = row.key, m.into_key = row.into_key, m.score = row.score, m.reasons = row.reasons,
  m.decided_by = row.decided_by, m.decided_at = row.decided_at, m.status = row.status
