// purpose: The passages' vectors. (Neo4j only: the embedded store keeps its vectors in a file beside the graph.)
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (p:Passage {id: row.id})
SET p.embedding = row.vector
