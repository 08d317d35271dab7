// purpose: Facts that one passage affirms and another one denies.
// parameters: limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: subject, predicate, object, affirmed_by, denied_by, affirmed_id, denied_id
// example: What do documents say and deny?
MATCH (denied:Fact)
WHERE denied.negated = true AND denied.status <> 'retracted'
MATCH (denied)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH denied, d.title AS title
ORDER BY title
WITH denied, collect(DISTINCT title) AS denied_by
MATCH (denied)-[:OBJECT]->(o:Entity)
MATCH (denied)-[:SUBJECT]->(s:Entity)
MATCH (s)<-[:SUBJECT]-(f:Fact)
WHERE f.predicate = denied.predicate AND f.status <> 'retracted' AND f.negated = false
MATCH (f)-[:OBJECT]->(same:Entity)
WHERE same.id = o.id
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH s, o, f, denied, denied_by, d.title AS title
ORDER BY title
RETURN s.name AS subject, f.predicate AS predicate, o.name AS object, collect(DISTINCT title) AS affirmed_by, denied_by,
  f.id AS affirmed_id, denied.id AS denied_id
ORDER BY subject, predicate, object, affirmed_id, denied_id
LIMIT $limit
