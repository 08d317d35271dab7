// purpose: The decisions on a name are found. (Neo4j only: the embedded store makes its indexes by its own API.)
CREATE INDEX merge_into_key IF NOT EXISTS FOR (n:`Merge`) ON (n.into_key)
