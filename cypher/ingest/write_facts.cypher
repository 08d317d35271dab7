// purpose: Facts with subject, object and the run that found them; a retracted fact that is found again is live again, and what a person decided of it holds.
// parameters: rows: list of map, run_id: string
UNWIND $rows AS row
MATCH (s:Entity {id: row.subject_id})
MATCH (o:Entity {id: row.object_id})
MATCH (r:Run {id: $run_id})
MERGE (f:Fact {id: row.id})
ON CREATE SET f.status = 'asserted', f.confidence = row.confidence, f.recorded_at = row.recorded_at
ON MATCH SET f.status = CASE WHEN f.review = 'rejected' THEN 'retracted' WHEN f.review = 'approved' THEN 'reviewed' WHEN f.status = 'retracted' THEN 'asserted' ELSE f.status END,
  f.confidence = CASE WHEN row.confidence > f.confidence THEN row.confidence ELSE f.confidence END
SET f.predicate = row.predicate, f.subject_key = row.subject_key, f.object_key = row.object_key,
  f.object_name = row.object_name, f.negated = row.negated, f.outside_ontology = row.outside_ontology,
  f.caption = CASE WHEN row.negated THEN 'NOT ' ELSE '' END + replace(row.predicate, '_', ' '), f.retracted_from = null, f.retracted_access = null
MERGE (f)-[:SUBJECT]->(s)
MERGE (f)-[:OBJECT]->(o)
MERGE (f)-[:GENERATED_BY]->(r)
