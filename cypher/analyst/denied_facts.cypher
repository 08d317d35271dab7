// purpose: What is said not to be so, with the words that say it.
// parameters: limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: subject, predicate, object, quote, document, fact_id
// example: What is said not to be so?
MATCH (f:Fact)
WHERE f.negated = true AND f.status <> 'retracted'
MATCH (f)-[evidence:EVIDENCED_BY]->(p:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN s.name AS subject, f.predicate AS predicate, o.name AS object,
  substring(p.text, evidence.start - p.start, evidence.end - evidence.start) AS quote, d.title AS document, f.id AS fact_id
ORDER BY subject, predicate, object, document, quote, fact_id
LIMIT $limit
