// purpose: Incidents with when they occurred, how severe they were and what they affected.
// parameters: limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: incident, occurred, severity, affected, documents, id
// example: Which incidents were there?
MATCH (i:Entity)
WHERE i.type = 'Incident'
MATCH (i)<-[:SUBJECT]-(f:Fact)
WHERE f.predicate IN ['OCCURRED_ON', 'HAS_SEVERITY', 'AFFECTS', 'HAS_STATUS', 'CAUSED_BY', 'REPORTED_BY'] AND f.status <> 'retracted' AND f.negated = false
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
MATCH (f)-[:OBJECT]->(o:Entity)
WITH i, f, o, d
ORDER BY o.name, o.id
RETURN i.name AS incident,
  collect(DISTINCT CASE WHEN f.predicate = 'OCCURRED_ON' THEN o.name ELSE null END) AS occurred,
  collect(DISTINCT CASE WHEN f.predicate = 'HAS_SEVERITY' THEN o.name ELSE null END) AS severity,
  collect(DISTINCT CASE WHEN f.predicate = 'AFFECTS' THEN o.name ELSE null END) AS affected,
  count(DISTINCT d.id) AS documents, i.id AS id
ORDER BY incident, id
LIMIT $limit
