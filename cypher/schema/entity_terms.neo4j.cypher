// purpose: Full text over entity names and aliases, analysed alike. (Neo4j only: the embedded store has its own API.)
CREATE FULLTEXT INDEX entity_terms IF NOT EXISTS FOR (n:Entity) ON EACH [n.terms]
OPTIONS { indexConfig: { `fulltext.analyzer`: 'whitespace' } }
