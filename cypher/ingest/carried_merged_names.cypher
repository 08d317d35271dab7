// purpose: Every name that is another one's entity, to carry the graph elsewhere.
// columns: key, entity_id
MATCH (n:MergedName)-[:NAMES]->(e:Entity)
RETURN n.key AS key, e.id AS entity_id
ORDER BY key
