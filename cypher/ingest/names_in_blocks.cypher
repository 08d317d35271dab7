// purpose: The names in blocks; at most so many of each.
// parameters: blocks: list of string, most: integer
// columns: block, keys
UNWIND $blocks AS block
MATCH (b:NameBlock {block: block})
WITH b.block AS block, b.key AS key
ORDER BY block, key
WITH block, collect(key) AS keys
RETURN block, keys[0..$most] AS keys
ORDER BY block
