// purpose: Terms that are defined more than once and not in the same words.
// parameters: limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: term, definitions, documents, id
// example: Which terms have two definitions?
MATCH (f:Fact)
WHERE f.predicate = 'DEFINED_AS' AND f.status <> 'retracted' AND f.negated = false
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
WITH s, o, d
ORDER BY o.name, o.id, d.title
WITH s, collect(DISTINCT o.id) AS ids, collect(DISTINCT o.name) AS definitions, collect(DISTINCT d.title) AS documents
WHERE size(ids) > 1
RETURN s.name AS term, definitions, documents, s.id AS id
ORDER BY term, id
LIMIT $limit
