// purpose: The blocks of names.
// parameters: keys: list of string
// columns: key, block
UNWIND $keys AS key
MATCH (b:NameBlock {key: key})
RETURN b.key AS key, b.block AS block
ORDER BY key, block
