// purpose: The vectors of passages. (Neo4j only: the embedded store reads them from its file beside the graph.)
// parameters: passage_ids: list of string
// columns: id, vector
UNWIND $passage_ids AS id
MATCH (p:Passage {id: id})
WHERE p.embedding IS NOT NULL
RETURN p.id AS id, p.embedding AS vector
ORDER BY id
