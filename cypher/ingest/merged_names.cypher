// purpose: Where the names are that were merged into another name's entity.
// parameters: keys: list of string
// columns: key, entity_id
UNWIND $keys AS key
MATCH (n:MergedName {key: key})-[:NAMES]->(e:Entity)
RETURN n.key AS key, e.id AS entity_id
ORDER BY key
