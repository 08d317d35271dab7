// purpose: What a person corrected of the facts that a document states: by which words, and what is meant by them.
// parameters: document_id: string
// columns: fact_id, quote, corrected_to, subject_key, subject, subject_type, object_key, object, object_type
MATCH (:Document {id: $document_id})-[:HAS_PASSAGE]->(p:Passage)<-[e:EVIDENCED_BY]-(f:Fact)
WHERE f.corrected_to IS NOT NULL
MATCH (c:Fact {id: f.corrected_to})
MATCH (c)-[:SUBJECT]->(s:Entity)
MATCH (c)-[:OBJECT]->(o:Entity)
RETURN f.id AS fact_id, substring(p.text, e.start - p.start, e.end - e.start) AS quote, c.id AS corrected_to,
  c.subject_key AS subject_key, s.name AS subject, s.type AS subject_type,
  c.object_key AS object_key, c.object_name AS object, o.type AS object_type
ORDER BY fact_id, quote
