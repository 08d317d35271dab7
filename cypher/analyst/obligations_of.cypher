// purpose: What one subject must, may or must not do, with the words that say so.
// parameters: name: name of an entity, groups: list of string or null, as_of: date or null
// columns: modality, action, deadline, due, exception, document, quote, fact_id
// example: What must the system owner do?
MATCH (s:Entity {key: toLower($name)})<-[:SUBJECT]-(f:Fact)
WHERE f.predicate IN ['MUST', 'MAY', 'MUST_NOT'] AND f.status <> 'retracted'
MATCH (f)-[evidence:EVIDENCED_BY]->(p:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN DISTINCT f.predicate AS modality, o.name AS action, evidence.deadline AS deadline, evidence.due AS due,
  evidence.exception AS exception, d.title AS document,
  substring(p.text, evidence.start - p.start, evidence.end - evidence.start) AS quote, f.id AS fact_id
ORDER BY modality, action, document, quote, deadline, exception, fact_id
