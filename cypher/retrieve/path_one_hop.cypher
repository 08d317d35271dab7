// purpose: Facts that join two entities directly.
// parameters: from_ids: list of string, to_ids: list of string, limit: integer, groups: list of string or null, as_of: string or null
// columns: fact_ids
// example: How is Atlas connected to Nordwind?
MATCH (a:Entity)<-[:SUBJECT|OBJECT]-(f:Fact)-[:SUBJECT|OBJECT]->(b:Entity)
WHERE a.id IN $from_ids AND b.id IN $to_ids AND f.status <> 'retracted' AND f.negated = false
  AND EXISTS {
    MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
RETURN DISTINCT [f.id] AS fact_ids
ORDER BY fact_ids
LIMIT $limit
