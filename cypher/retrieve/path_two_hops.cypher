// purpose: Chains of two facts that join two entities over a third.
// parameters: from_ids: list of string, to_ids: list of string, value_types: list of string, limit: integer, groups: list of string or null, as_of: string or null
// columns: fact_ids
// example: How is Atlas connected to Nordwind?
MATCH (a:Entity)<-[:SUBJECT|OBJECT]-(first:Fact)-[:SUBJECT|OBJECT]->(m:Entity)
WHERE a.id IN $from_ids AND first.status <> 'retracted' AND first.negated = false
  AND NOT m.type IN $value_types AND NOT m.id IN $from_ids AND NOT m.id IN $to_ids
  AND EXISTS {
    MATCH (first)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
MATCH (m)<-[:SUBJECT|OBJECT]-(second:Fact)-[:SUBJECT|OBJECT]->(b:Entity)
WHERE b.id IN $to_ids AND second.status <> 'retracted' AND second.negated = false AND second.id <> first.id
  AND EXISTS {
    MATCH (second)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
RETURN DISTINCT [first.id, second.id] AS fact_ids
ORDER BY fact_ids
LIMIT $limit
