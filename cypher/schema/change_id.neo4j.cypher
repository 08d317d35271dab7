// purpose: Ids are unique, and looking one up is quick. (Neo4j only: the embedded store makes its indexes by its own API.)
CREATE CONSTRAINT change_id IF NOT EXISTS FOR (n:Change) REQUIRE n.id IS UNIQUE
