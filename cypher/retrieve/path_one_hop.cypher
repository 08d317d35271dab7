// purpose: Facts that join two entities directly.
// parameters: from_ids: list of string, to_ids: list of string, limit: integer, groups: list of string or null
// columns: fact_ids
// example: How is Atlas connected to Nordwind?
MATCH (a:Entity)<-[:SUBJECT|OBJECT]-(f:Fact)-[:SUBJECT|OBJECT]->(b:Entity)
WHERE a.id IN $from_ids AND b.id IN $to_ids AND f.status <> 'retracted' AND f.negated = false
  AND EXISTS {
    MATCH (f)-[:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  }
RETURN DISTINCT [f.id] AS fact_ids
ORDER BY fact_ids
LIMIT $limit
