// purpose: What facts join to both of two entities, and by which predicates.
// parameters: first: name of an entity, second: name of an entity, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: name, type, to_first, to_second, id
// example: What have Quillpay and Lantern CRM in common?
MATCH (a:Entity {key: toLower($first)})<-[:SUBJECT|OBJECT]-(f:Fact)
WHERE f.status <> 'retracted' AND f.negated = false
  AND EXISTS {
    MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
MATCH (f)-[:SUBJECT|OBJECT]->(e:Entity)
WHERE e.id <> a.id
WITH DISTINCT e, f.predicate AS predicate
ORDER BY predicate
WITH e, collect(predicate) AS to_first
MATCH (e)<-[:SUBJECT|OBJECT]-(f:Fact)
WHERE f.status <> 'retracted' AND f.negated = false
  AND EXISTS {
    MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
MATCH (f)-[:SUBJECT|OBJECT]->(b:Entity)
WHERE b.key = toLower($second) AND b.id <> e.id
WITH DISTINCT e, to_first, f.predicate AS predicate
ORDER BY predicate
WITH e, to_first, collect(predicate) AS to_second
RETURN e.name AS name, e.type AS type, to_first, to_second, e.id AS id
ORDER BY name, id
LIMIT $limit
