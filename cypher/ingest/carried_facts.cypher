// purpose: Every fact, retracted ones too, to carry the graph elsewhere.
// columns: id, subject_id, predicate, object_id, confidence, status, recorded_at, retracted_from, retracted_access, negated, outside_ontology, subject_key, object_key, object_name, review, reviewed_by, reviewed_at, corrected_to
MATCH (f:Fact)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN f.id AS id, s.id AS subject_id, f.predicate AS predicate, o.id AS object_id, f.confidence AS confidence,
  f.status AS status, f.recorded_at AS recorded_at, f.retracted_from AS retracted_from,
  f.retracted_access AS retracted_access, f.negated AS negated, f.outside_ontology AS outside_ontology,
  f.subject_key AS subject_key, f.object_key AS object_key, f.object_name AS object_name,
  f.review AS review, f.reviewed_by AS reviewed_by, f.reviewed_at AS reviewed_at, f.corrected_to AS corrected_to
ORDER BY id
