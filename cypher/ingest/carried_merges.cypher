// purpose: Every decision on two names, to carry the graph elsewhere.
// columns: id, key, into_key, score, reasons, decided_by, decided_at, status
MATCH (m:`Merge`)
RETURN m.id AS id, m.key AS key, m.into_key AS into_key, m.score AS score, m.reasons AS reasons,
  m.decided_by AS decided_by, m.decided_at AS decided_at, m.status AS status
ORDER BY id
