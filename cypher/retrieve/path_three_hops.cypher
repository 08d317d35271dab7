// purpose: Chains of three facts that join two entities over two others.
// parameters: from_ids: list of string, to_ids: list of string, value_types: list of string, limit: integer, groups: list of string or null
// columns: fact_ids
// example: How is Atlas connected to Nordwind?
MATCH (a:Entity)<-[:SUBJECT|OBJECT]-(first:Fact)-[:SUBJECT|OBJECT]->(m:Entity)<-[:SUBJECT|OBJECT]-(second:Fact)-[:SUBJECT|OBJECT]->(n:Entity)<-[:SUBJECT|OBJECT]-(third:Fact)-[:SUBJECT|OBJECT]->(b:Entity)
WHERE a.id IN $from_ids AND b.id IN $to_ids AND first.id <> second.id AND second.id <> third.id AND first.id <> third.id
  AND m.id <> n.id AND NOT m.type IN $value_types AND NOT n.type IN $value_types
  AND NOT m.id IN $from_ids AND NOT m.id IN $to_ids AND NOT n.id IN $from_ids AND NOT n.id IN $to_ids
  AND first.status <> 'retracted' AND second.status <> 'retracted' AND third.status <> 'retracted'
  AND EXISTS {
    MATCH (first)-[:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  }
  AND EXISTS {
    MATCH (second)-[:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  }
  AND EXISTS {
    MATCH (third)-[:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  }
RETURN DISTINCT [first.id, second.id, third.id] AS fact_ids
ORDER BY fact_ids
LIMIT $limit
