// purpose: Who decided anything: on facts, or that names are one entity's.
// columns: name
MATCH (f:Fact)
WHERE f.reviewed_by IS NOT NULL
RETURN f.reviewed_by AS name
UNION
MATCH (m:`Merge`)
RETURN m.decided_by AS name
