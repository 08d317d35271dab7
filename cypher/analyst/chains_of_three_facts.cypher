// purpose: Where three facts lead from an entity, each over another thing.
// parameters: name: name of an entity, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: chain, end, end_type, fact_ids
// example: What is two steps beyond Quillpay?
MATCH (a:Entity {key: toLower($name)})<-[from_a:SUBJECT|OBJECT]-(first:Fact)
WHERE first.status <> 'retracted' AND first.negated = false
  AND EXISTS {
    MATCH (first)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
MATCH (first)-[:SUBJECT|OBJECT]->(b:Entity)
WHERE b.id <> a.id AND NOT b.type IN ['Action', 'Amount', 'Date', 'Definition', 'Duration', 'Percentage', 'Value']
MATCH (b)<-[from_b:SUBJECT|OBJECT]-(second:Fact)
WHERE second.id <> first.id AND second.status <> 'retracted' AND second.negated = false
  AND EXISTS {
    MATCH (second)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
MATCH (second)-[:SUBJECT|OBJECT]->(c:Entity)
WHERE c.id <> a.id AND c.id <> b.id AND NOT c.type IN ['Action', 'Amount', 'Date', 'Definition', 'Duration', 'Percentage', 'Value']
MATCH (c)<-[from_c:SUBJECT|OBJECT]-(third:Fact)
WHERE third.id <> first.id AND third.id <> second.id AND third.status <> 'retracted' AND third.negated = false
  AND EXISTS {
    MATCH (third)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
MATCH (third)-[:SUBJECT|OBJECT]->(z:Entity)
WHERE z.id <> a.id AND z.id <> b.id AND z.id <> c.id
RETURN a.name + CASE WHEN type(from_a) = 'SUBJECT' THEN ' -' + first.predicate + '-> ' ELSE ' <-' + first.predicate + '- ' END + b.name
  + CASE WHEN type(from_b) = 'SUBJECT' THEN ' -' + second.predicate + '-> ' ELSE ' <-' + second.predicate + '- ' END + c.name
  + CASE WHEN type(from_c) = 'SUBJECT' THEN ' -' + third.predicate + '-> ' ELSE ' <-' + third.predicate + '- ' END + z.name AS chain,
  z.name AS end, z.type AS end_type, [first.id, second.id, third.id] AS fact_ids
ORDER BY chain, fact_ids
LIMIT $limit
