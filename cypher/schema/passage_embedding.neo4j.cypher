// purpose: Vector index over passages. (Neo4j only: the embedded store keeps its vectors in a file beside the graph.)
CREATE VECTOR INDEX passage_embedding IF NOT EXISTS FOR (n:Passage) ON (n.embedding)
OPTIONS { indexConfig: { `vector.dimensions`: 384, `vector.similarity_function`: 'cosine',
  `vector.quantization.enabled`: false } }
