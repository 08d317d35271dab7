// purpose: The decisions on names.
// parameters: keys: list of string
// columns: key, into_key, score, reasons, decided_by, decided_at, status
UNWIND $keys AS key
MATCH (m:`Merge` {key: key})
RETURN m.key AS key, m.into_key AS into_key, m.score AS score, m.reasons AS reasons, m.decided_by AS decided_by,
  m.decided_at AS decided_at, m.status AS status
UNION
UNWIND $keys AS key
MATCH (m:`Merge` {into_key: key})
RETURN m.key AS key, m.into_key AS into_key, m.score AS score, m.reasons AS reasons, m.decided_by AS decided_by,
  m.decided_at AS decided_at, m.status AS status
