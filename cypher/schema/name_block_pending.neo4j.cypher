// purpose: Names to be resolved again are found. (Neo4j only: the embedded store makes its indexes by its own API.)
CREATE INDEX name_block_pending IF NOT EXISTS FOR (n:NameBlock) ON (n.pending)
