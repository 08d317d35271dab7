// purpose: All facts at some entities, with the names that they were stated of.
// parameters: entity_ids: list of string
// columns: id, predicate, subject_key, object_key, subject_id, object_id, status, negated
UNWIND $entity_ids AS id
MATCH (:Entity {id: id})<-[:SUBJECT|OBJECT]-(f:Fact)
WITH DISTINCT f
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN f.id AS id, f.predicate AS predicate, f.subject_key AS subject_key, f.object_key AS object_key,
  s.id AS subject_id, o.id AS object_id, f.status AS status, f.negated AS negated
ORDER BY id
