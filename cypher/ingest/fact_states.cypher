// purpose: Facts by id, the retracted ones too, with what a person decided; `stated`: a document still says so.
// parameters: fact_ids: list of string
// columns: id, predicate, negated, outside_ontology, status, review, corrected_to, stated, subject_key, object_key, subject_id, object_id, subject, object, object_type
MATCH (f:Fact)
WHERE f.id IN $fact_ids
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN f.id AS id, f.predicate AS predicate, f.negated AS negated, f.outside_ontology AS outside_ontology, f.status AS status,
  f.review AS review, f.corrected_to AS corrected_to, f.retracted_from IS NULL AS stated, f.subject_key AS subject_key,
  f.object_key AS object_key, s.id AS subject_id, o.id AS object_id, s.name AS subject, f.object_name AS object, o.type AS object_type
ORDER BY id
