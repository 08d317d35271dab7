// purpose: Drop an index that is to be made anew. (Neo4j only: the embedded store makes its indexes with the file.)
// parameters: index: string
DROP INDEX $index IF EXISTS
