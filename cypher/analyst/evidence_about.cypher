// purpose: The words that evidence the facts about an entity, of one predicate or of all, with their places.
// parameters: name: name of an entity, predicate: string or null, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: subject, predicate, object, negated, quote, document, page, start, end, score, fact_id
// example: Where does it say who owns Quillpay?
MATCH (e:Entity {key: toLower($name)})<-[:SUBJECT|OBJECT]-(f:Fact)
WHERE ($predicate IS NULL OR f.predicate = $predicate) AND f.status <> 'retracted'
WITH DISTINCT f
MATCH (f)-[evidence:EVIDENCED_BY]->(p:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN s.name AS subject, f.predicate AS predicate, o.name AS object, f.negated AS negated,
  substring(p.text, evidence.start - p.start, evidence.end - evidence.start) AS quote, d.title AS document, p.page AS page,
  evidence.start AS start, evidence.end AS end, evidence.score AS score, f.id AS fact_id
ORDER BY subject, predicate, object, fact_id, document, d.id, start, end
LIMIT $limit
