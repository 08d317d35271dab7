// purpose: Subjects of which two objects are said where there can be one: by default of the shipped ontology's functional predicates.
// parameters: predicates: list of string or null, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: subject, subject_type, predicate, objects, documents, subject_id
// example: Where do documents contradict each other?
MATCH (f:Fact)
WHERE f.predicate IN coalesce($predicates, ['BORN_IN', 'BORN_ON', 'DIED_IN', 'DIED_ON', 'EFFECTIVE_FROM', 'ENDS_ON', 'FOUNDED_ON', 'HAS_SEVERITY'])
  AND f.status <> 'retracted' AND f.negated = false
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH f, collect(DISTINCT d.id) AS said_by
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
UNWIND said_by AS document
WITH s, f.predicate AS predicate, o, document
ORDER BY o.name, o.id, document
WITH s, predicate, collect(DISTINCT o.id) AS ids, collect(DISTINCT o.name) AS objects, count(DISTINCT document) AS documents
WHERE size(ids) > 1
RETURN s.name AS subject, s.type AS subject_type, predicate, objects, documents, s.id AS subject_id
ORDER BY subject, predicate, subject_id
LIMIT $limit
