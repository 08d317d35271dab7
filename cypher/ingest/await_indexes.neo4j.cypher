// purpose: Wait until new indexes answer. (Neo4j only: the embedded store's indexes answer at once.)
// parameters: seconds: integer
CALL db.awaitIndexes($seconds)
