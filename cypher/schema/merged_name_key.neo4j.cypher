// purpose: Ids are unique, and looking one up is quick. (Neo4j only: the embedded store makes its indexes by its own API.)
CREATE CONSTRAINT merged_name_key IF NOT EXISTS FOR (n:MergedName) REQUIRE n.key IS UNIQUE
