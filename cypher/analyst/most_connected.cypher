// purpose: The entities with the most live facts.
// parameters: limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: name, type, facts, id
// example: What is at the centre?
MATCH (f:Fact)
WHERE f.status <> 'retracted' AND f.negated = false
  AND EXISTS {
    MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
MATCH (f)-[:SUBJECT|OBJECT]->(e:Entity)
RETURN e.name AS name, e.type AS type, count(DISTINCT f) AS facts, e.id AS id
ORDER BY facts DESC, name, id
LIMIT $limit
