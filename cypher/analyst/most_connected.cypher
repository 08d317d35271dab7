// purpose: The entities with the most live facts.
// parameters: limit: integer, groups: list of string or null
// columns: name, type, facts
// example: What is at the centre?
MATCH (e:Entity)<-[:SUBJECT|OBJECT]-(f:Fact)
WHERE f.status <> 'retracted' AND f.negated = false
  AND EXISTS {
    MATCH (f)-[:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  }
RETURN e.name AS name, e.type AS type, count(DISTINCT f) AS facts
ORDER BY facts DESC, name
LIMIT $limit
