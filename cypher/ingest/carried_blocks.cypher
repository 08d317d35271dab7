// purpose: Every block of names, to carry the graph elsewhere.
// columns: id, key, block, pending
MATCH (b:NameBlock)
RETURN b.id AS id, b.key AS key, b.block AS block, coalesce(b.pending, false) AS pending
ORDER BY id
