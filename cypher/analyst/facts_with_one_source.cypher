// purpose: Facts of a predicate, or of any, that a single document states.
// parameters: predicate: string or null, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: subject, predicate, object, confidence, document, fact_id
// example: Which facts rest on one document alone?
MATCH (f:Fact)
WHERE ($predicate IS NULL OR f.predicate = $predicate) AND f.status <> 'retracted' AND f.negated = false
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH f, max(evidence.score) AS confidence, count(DISTINCT d.id) AS documents, min(d.title) AS document
WHERE documents = 1
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN s.name AS subject, f.predicate AS predicate, o.name AS object, confidence, document, f.id AS fact_id
ORDER BY subject, predicate, object, fact_id
LIMIT $limit
