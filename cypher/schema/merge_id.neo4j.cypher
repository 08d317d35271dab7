// purpose: Ids are unique, and looking one up is quick. (Neo4j only: the embedded store makes its indexes by its own API.)
CREATE CONSTRAINT merge_id IF NOT EXISTS FOR (n:`Merge`) REQUIRE n.id IS UNIQUE
