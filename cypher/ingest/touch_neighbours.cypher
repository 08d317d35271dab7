// purpose: Names in the blocks of names that go are to be resolved again: one of these may have made them ambiguous.
// parameters: rows: list of map, limit: integer
UNWIND $rows AS row
MATCH (gone:NameBlock {key: row.key})
WITH DISTINCT gone.block AS block
MATCH (b:NameBlock {block: block})
WITH block, collect(b.id) AS ids
WHERE size(ids) <= $limit
UNWIND ids AS id
MATCH (b:NameBlock {id: id})
SET b.pending = true
