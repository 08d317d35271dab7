// purpose: The facts that a document evidences.
// parameters: document_id: string, groups: list of string or null
// columns: id, subject_id, subject, subject_type, predicate, object_id, object, object_type, confidence, valid_from, valid_to
// example: What does the document state?
MATCH (:Document {id: $document_id})-[:HAS_PASSAGE]->(:Passage)<-[:EVIDENCED_BY]-(f:Fact)
WHERE f.status <> 'retracted'
WITH DISTINCT f
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE d.id = $document_id AND ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
WITH f, max(evidence.score) AS confidence
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN f.id AS id, s.id AS subject_id, s.name AS subject, s.type AS subject_type, f.predicate AS predicate,
  o.id AS object_id, o.name AS object, o.type AS object_type, confidence,
  f.valid_from AS valid_from, f.valid_to AS valid_to
ORDER BY id
