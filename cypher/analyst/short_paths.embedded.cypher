// purpose: All chains of one to four facts that join two entities, the shortest first; none leads over a denial or through a value.
// parameters: first: name of an entity, second: name of an entity, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: facts, path, fact_ids
// example: In which ways are Quillpay and Korvane Cloud AB connected?
MATCH (a:Entity {key: toLower($first)})
MATCH (z:Entity {key: toLower($second)})
CALL (a, z) {
  MATCH (a)<-[r1:SUBJECT|OBJECT]-(f1:Fact)
  WHERE f1.status <> 'retracted' AND f1.negated = false
    AND EXISTS {
    MATCH (f1)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
  MATCH (f1)-[:SUBJECT|OBJECT]->(end1:Entity)
  WHERE end1.id = z.id AND a.id <> z.id
  RETURN 1 AS facts, a.name
      + CASE WHEN type(r1) = 'SUBJECT' THEN ' -' + f1.predicate + '-> ' ELSE ' <-' + f1.predicate + '- ' END + z.name AS path,
      [f1.id] AS fact_ids
  UNION
  MATCH (a)<-[r1:SUBJECT|OBJECT]-(f1:Fact)
  WHERE f1.status <> 'retracted' AND f1.negated = false
    AND EXISTS {
    MATCH (f1)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
  MATCH (f1)-[:SUBJECT|OBJECT]->(x1:Entity)
  WHERE x1.id <> a.id AND x1.id <> z.id AND NOT x1.type IN ['Action', 'Amount', 'Date', 'Definition', 'Duration', 'Percentage', 'Value']
  MATCH (x1)<-[r2:SUBJECT|OBJECT]-(f2:Fact)
  WHERE f2.status <> 'retracted' AND f2.negated = false AND f2.id <> f1.id
    AND EXISTS {
    MATCH (f2)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
  MATCH (f2)-[:SUBJECT|OBJECT]->(end2:Entity)
  WHERE end2.id = z.id AND x1.id <> z.id
  RETURN 2 AS facts, a.name
      + CASE WHEN type(r1) = 'SUBJECT' THEN ' -' + f1.predicate + '-> ' ELSE ' <-' + f1.predicate + '- ' END + x1.name
      + CASE WHEN type(r2) = 'SUBJECT' THEN ' -' + f2.predicate + '-> ' ELSE ' <-' + f2.predicate + '- ' END + z.name AS path,
      [f1.id, f2.id] AS fact_ids
  UNION
  MATCH (a)<-[r1:SUBJECT|OBJECT]-(f1:Fact)
  WHERE f1.status <> 'retracted' AND f1.negated = false
    AND EXISTS {
    MATCH (f1)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
  MATCH (f1)-[:SUBJECT|OBJECT]->(x1:Entity)
  WHERE x1.id <> a.id AND x1.id <> z.id AND NOT x1.type IN ['Action', 'Amount', 'Date', 'Definition', 'Duration', 'Percentage', 'Value']
  MATCH (x1)<-[r2:SUBJECT|OBJECT]-(f2:Fact)
  WHERE f2.status <> 'retracted' AND f2.negated = false AND f2.id <> f1.id
    AND EXISTS {
    MATCH (f2)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
  MATCH (f2)-[:SUBJECT|OBJECT]->(x2:Entity)
  WHERE x2.id <> a.id AND x2.id <> x1.id AND x2.id <> z.id AND NOT x2.type IN ['Action', 'Amount', 'Date', 'Definition', 'Duration', 'Percentage', 'Value']
  MATCH (x2)<-[r3:SUBJECT|OBJECT]-(f3:Fact)
  WHERE f3.status <> 'retracted' AND f3.negated = false AND f3.id <> f1.id AND f3.id <> f2.id
    AND EXISTS {
    MATCH (f3)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
  MATCH (f3)-[:SUBJECT|OBJECT]->(end3:Entity)
  WHERE end3.id = z.id AND x2.id <> z.id
  RETURN 3 AS facts, a.name
      + CASE WHEN type(r1) = 'SUBJECT' THEN ' -' + f1.predicate + '-> ' ELSE ' <-' + f1.predicate + '- ' END + x1.name
      + CASE WHEN type(r2) = 'SUBJECT' THEN ' -' + f2.predicate + '-> ' ELSE ' <-' + f2.predicate + '- ' END + x2.name
      + CASE WHEN type(r3) = 'SUBJECT' THEN ' -' + f3.predicate + '-> ' ELSE ' <-' + f3.predicate + '- ' END + z.name AS path,
      [f1.id, f2.id, f3.id] AS fact_ids
  UNION
  MATCH (a)<-[r1:SUBJECT|OBJECT]-(f1:Fact)
  WHERE f1.status <> 'retracted' AND f1.negated = false
    AND EXISTS {
    MATCH (f1)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
  MATCH (f1)-[:SUBJECT|OBJECT]->(x1:Entity)
  WHERE x1.id <> a.id AND x1.id <> z.id AND NOT x1.type IN ['Action', 'Amount', 'Date', 'Definition', 'Duration', 'Percentage', 'Value']
  MATCH (x1)<-[r2:SUBJECT|OBJECT]-(f2:Fact)
  WHERE f2.status <> 'retracted' AND f2.negated = false AND f2.id <> f1.id
    AND EXISTS {
    MATCH (f2)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
  MATCH (f2)-[:SUBJECT|OBJECT]->(x2:Entity)
  WHERE x2.id <> a.id AND x2.id <> x1.id AND x2.id <> z.id AND NOT x2.type IN ['Action', 'Amount', 'Date', 'Definition', 'Duration', 'Percentage', 'Value']
  MATCH (x2)<-[r3:SUBJECT|OBJECT]-(f3:Fact)
  WHERE f3.status <> 'retracted' AND f3.negated = false AND f3.id <> f1.id AND f3.id <> f2.id
    AND EXISTS {
    MATCH (f3)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
  MATCH (f3)-[:SUBJECT|OBJECT]->(x3:Entity)
  WHERE x3.id <> a.id AND x3.id <> x1.id AND x3.id <> x2.id AND x3.id <> z.id AND NOT x3.type IN ['Action', 'Amount', 'Date', 'Definition', 'Duration', 'Percentage', 'Value']
  MATCH (x3)<-[r4:SUBJECT|OBJECT]-(f4:Fact)
  WHERE f4.status <> 'retracted' AND f4.negated = false AND f4.id <> f1.id AND f4.id <> f2.id AND f4.id <> f3.id
    AND EXISTS {
    MATCH (f4)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
  MATCH (f4)-[:SUBJECT|OBJECT]->(end4:Entity)
  WHERE end4.id = z.id AND x3.id <> z.id
  RETURN 4 AS facts, a.name
      + CASE WHEN type(r1) = 'SUBJECT' THEN ' -' + f1.predicate + '-> ' ELSE ' <-' + f1.predicate + '- ' END + x1.name
      + CASE WHEN type(r2) = 'SUBJECT' THEN ' -' + f2.predicate + '-> ' ELSE ' <-' + f2.predicate + '- ' END + x2.name
      + CASE WHEN type(r3) = 'SUBJECT' THEN ' -' + f3.predicate + '-> ' ELSE ' <-' + f3.predicate + '- ' END + x3.name
      + CASE WHEN type(r4) = 'SUBJECT' THEN ' -' + f4.predicate + '-> ' ELSE ' <-' + f4.predicate + '- ' END + z.name AS path,
      [f1.id, f2.id, f3.id, f4.id] AS fact_ids
}
RETURN facts, path, fact_ids
ORDER BY facts, path, fact_ids
LIMIT $limit
