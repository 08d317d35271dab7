// purpose: The names in a block are found. (Neo4j only: the embedded store makes its indexes by its own API.)
CREATE INDEX name_block_block IF NOT EXISTS FOR (n:NameBlock) ON (n.block)
