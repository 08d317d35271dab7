// purpose: Facts that only documents brought in since a day state: what is new.
// parameters: since: date, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: ingested_at, subject, predicate, object, negated, documents, fact_id
// example: What have we learnt since 1 March 2026?
MATCH (f:Fact)
WHERE f.status <> 'retracted'
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH f, min(d.ingested_at) AS ingested_at, count(DISTINCT d.id) AS documents
WHERE ingested_at >= $since
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN ingested_at, s.name AS subject, f.predicate AS predicate, o.name AS object, f.negated AS negated, documents, f.id AS fact_id
ORDER BY ingested_at DESC, subject, predicate, object, fact_id
LIMIT $limit
