// purpose: Obligations that must be fulfilled by a date or within a time.
// parameters: limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: due, deadline, subject, modality, action, exception, document, fact_id
// example: What has to be done by when?
MATCH (f:Fact)
WHERE f.predicate IN ['MUST', 'MAY', 'MUST_NOT'] AND f.status <> 'retracted'
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  AND evidence.deadline <> ''
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN DISTINCT evidence.due AS due, evidence.deadline AS deadline, s.name AS subject, f.predicate AS modality, o.name AS action,
  evidence.exception AS exception, d.title AS document, f.id AS fact_id
ORDER BY subject, action, deadline, document, due, exception, fact_id
LIMIT $limit
