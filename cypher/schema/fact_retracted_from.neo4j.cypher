// purpose: A removed document's retracted facts are found. (Neo4j only: the embedded store makes its indexes by its own API.)
CREATE INDEX fact_retracted_from IF NOT EXISTS FOR (n:Fact) ON (n.retracted_from)
