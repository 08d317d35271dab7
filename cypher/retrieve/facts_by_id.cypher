// purpose: Facts by their ids, for the chains that a path query found.
// parameters: fact_ids: list of string, groups: list of string or null
// columns: id, subject_id, subject, subject_type, predicate, object_id, object, object_type, confidence, valid_from, valid_to
// example: How is Atlas connected to Nordwind?
MATCH (f:Fact)
WHERE f.id IN $fact_ids AND f.status <> 'retracted'
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
WITH f, max(evidence.score) AS confidence
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN f.id AS id, s.id AS subject_id, s.name AS subject, s.type AS subject_type, f.predicate AS predicate,
  o.id AS object_id, o.name AS object, o.type AS object_type, confidence,
  f.valid_from AS valid_from, f.valid_to AS valid_to
ORDER BY id
