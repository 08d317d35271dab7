// purpose: Full text over passages; the terms come analysed, so the index only splits at white space. (Neo4j only, as above.)
CREATE FULLTEXT INDEX passage_terms IF NOT EXISTS FOR (n:Passage) ON EACH [n.terms]
OPTIONS { indexConfig: { `fulltext.analyzer`: 'whitespace' } }
