// purpose: What happens, starts, ends, is due or is reviewed from one day to another.
// parameters: first_day: date, last_day: date, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: date, subject, subject_type, predicate, documents, fact_id
// example: What ends or is due between April and June 2026?
MATCH (o:Entity)
WHERE o.type = 'Date' AND o.value <> ''
  AND o.value >= substring($first_day, 0, size(o.value)) AND substring(o.value, 0, 10) <= $last_day
MATCH (o)<-[:OBJECT]-(f:Fact)
WHERE f.status <> 'retracted' AND f.negated = false
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH o, f, count(DISTINCT d.id) AS documents
MATCH (f)-[:SUBJECT]->(s:Entity)
RETURN o.value AS date, s.name AS subject, s.type AS subject_type, f.predicate AS predicate, documents, f.id AS fact_id
ORDER BY date, subject, predicate, fact_id
LIMIT $limit
