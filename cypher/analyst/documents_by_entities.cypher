// purpose: Documents by how many entities they mention and how many facts they state.
// parameters: limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: title, version, passages, entities, facts, id
// example: Which documents say the most?
MATCH (d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
MATCH (d)-[:HAS_PASSAGE]->(p:Passage)
OPTIONAL MATCH (p)-[:MENTIONS]->(e:Entity)
WITH d, count(DISTINCT p.id) AS passages, count(DISTINCT e.id) AS entities
OPTIONAL MATCH (d)-[:HAS_PASSAGE]->(:Passage)<-[evidence:EVIDENCED_BY]-(f:Fact)
WHERE f.status <> 'retracted'
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
RETURN d.title AS title, d.version AS version, passages, entities, count(DISTINCT f.id) AS facts, d.id AS id
ORDER BY entities DESC, facts DESC, title, id
LIMIT $limit
