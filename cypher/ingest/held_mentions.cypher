// purpose: The mentions of a document as they are held: each with the name and type that the document gives.
// parameters: document_id: string
// columns: passage_id, start, end, key, text, score, alias, name, type, type_rank
MATCH (:Document {id: $document_id})-[:HAS_PASSAGE]->(p:Passage)-[m:MENTIONS]->(:Entity)
RETURN p.id AS passage_id, m.start AS start, m.end AS end, m.key AS key, m.text AS text, m.score AS score,
  m.alias AS alias, m.name AS name, m.type AS type, m.type_rank AS type_rank
ORDER BY start, end, key
