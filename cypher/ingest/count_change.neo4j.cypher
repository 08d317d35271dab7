// purpose: Every write is counted, so that what was kept of an earlier state can be told from the present one. (Neo4j only: the embedded store has its own count.)
MERGE (c:Change {id: 'graph'})
SET c.count = coalesce(c.count, 0) + 1
