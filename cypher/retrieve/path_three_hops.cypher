// purpose: Chains of three facts that join two entities over two others.
// parameters: from_ids: list of string, to_ids: list of string, value_types: list of string, limit: integer, groups: list of string or null
// columns: fact_ids
// example: How is Atlas connected to Nordwind?
MATCH (a:Entity)<-[:SUBJECT|OBJECT]-(f:Fact)-[:SUBJECT|OBJECT]->(m:Entity)<-[:SUBJECT|OBJECT]-(g:Fact)-[:SUBJECT|OBJECT]->(n:Entity)<-[:SUBJECT|OBJECT]-(h:Fact)-[:SUBJECT|OBJECT]->(b:Entity)
WHERE a.id IN $from_ids AND b.id IN $to_ids AND f.id <> g.id AND g.id <> h.id AND f.id <> h.id AND m.id <> n.id
  AND NOT m.type IN $value_types AND NOT n.type IN $value_types
  AND NOT m.id IN $from_ids AND NOT m.id IN $to_ids AND NOT n.id IN $from_ids AND NOT n.id IN $to_ids
  AND f.status <> 'retracted' AND g.status <> 'retracted' AND h.status <> 'retracted'
  AND EXISTS {
    MATCH (f)-[:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  }
  AND EXISTS {
    MATCH (g)-[:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  }
  AND EXISTS {
    MATCH (h)-[:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  }
RETURN DISTINCT [f.id, g.id, h.id] AS fact_ids
ORDER BY fact_ids
LIMIT $limit
