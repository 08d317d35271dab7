// purpose: The names to be resolved again.
// columns: key
MATCH (b:NameBlock {pending: true})
RETURN DISTINCT b.key AS key
ORDER BY key
