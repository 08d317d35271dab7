// purpose: Ids are unique, and looking one up is quick. (Neo4j only: the embedded store makes its indexes by its own API.)
CREATE CONSTRAINT run_id IF NOT EXISTS FOR (n:Run) REQUIRE n.id IS UNIQUE
