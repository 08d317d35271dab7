// purpose: How often the graph was written to. (Neo4j only: the embedded store has its own count.)
// columns: count
MATCH (c:Change {id: 'graph'})
RETURN c.count AS count
