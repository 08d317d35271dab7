// purpose: Entities are found by normalised name. (Neo4j only: the embedded store makes its indexes by its own API.)
CREATE INDEX entity_key IF NOT EXISTS FOR (n:Entity) ON (n.key)
