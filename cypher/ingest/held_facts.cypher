// purpose: The facts that a document evidences as they are held, retracted ones too: a row for each evidence and run.
// parameters: document_id: string
// columns: id, predicate, subject_key, object_key, object_name, confidence, status, negated, outside_ontology, recorded_at, review, reviewed_by, reviewed_at, corrected_to, run_id, passage_id, start, end, score, hedged, deadline, due, exception, valid_from, valid_to
MATCH (:Document {id: $document_id})-[:HAS_PASSAGE]->(p:Passage)<-[e:EVIDENCED_BY]-(f:Fact)
MATCH (f)-[:GENERATED_BY]->(r:Run)
RETURN f.id AS id, f.predicate AS predicate, f.subject_key AS subject_key, f.object_key AS object_key,
  f.object_name AS object_name, f.confidence AS confidence, f.status AS status, f.negated AS negated,
  f.outside_ontology AS outside_ontology, f.recorded_at AS recorded_at, f.review AS review, f.reviewed_by AS reviewed_by,
  f.reviewed_at AS reviewed_at, f.corrected_to AS corrected_to, r.id AS run_id, p.id AS passage_id, e.start AS start,
  e.end AS end, e.score AS score, e.hedged AS hedged, e.deadline AS deadline, e.due AS due, e.exception AS exception,
  e.valid_from AS valid_from, e.valid_to AS valid_to
ORDER BY id, passage_id, start, end, run_id
