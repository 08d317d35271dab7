// purpose: How near passages are to a vector, between 0 and 1; it tells nothing else of them.
// parameters: passage_ids: list of string, vector: list of float
// columns: id, score
MATCH (p:Passage)
WHERE p.id IN $passage_ids AND p.embedding IS NOT NULL
RETURN p.id AS id, vector.similarity.cosine(p.embedding, $vector) AS score
ORDER BY id
