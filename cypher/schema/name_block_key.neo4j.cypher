// purpose: The blocks of a name are found. (Neo4j only: the embedded store makes its indexes by its own API.)
CREATE INDEX name_block_key IF NOT EXISTS FOR (n:NameBlock) ON (n.key)
