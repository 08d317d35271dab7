// purpose: Systems with owner, host, place, data and criticality: what a record of processing starts from.
// parameters: limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: system, owner, hosted_by, located_in, data, criticality, id
// example: Who hosts our systems and where?
MATCH (e:Entity)
WHERE e.type = 'System'
MATCH (e)<-[role:SUBJECT|OBJECT]-(f:Fact)
WHERE f.status <> 'retracted' AND f.negated = false
  AND ((type(role) = 'SUBJECT' AND f.predicate IN ['HOSTED_BY', 'LOCATED_IN', 'PROCESSES', 'HAS_CRITICALITY'])
    OR (type(role) = 'OBJECT' AND f.predicate IN ['OWNS', 'RESPONSIBLE_FOR']))
  AND EXISTS {
    MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
MATCH (f)-[:SUBJECT|OBJECT]->(o:Entity)
WHERE o.id <> e.id
WITH DISTINCT e, f.predicate AS predicate, o
ORDER BY o.name, o.id
RETURN e.name AS system,
  collect(CASE WHEN predicate IN ['OWNS', 'RESPONSIBLE_FOR'] THEN o.name ELSE null END) AS owner,
  collect(CASE WHEN predicate = 'HOSTED_BY' THEN o.name ELSE null END) AS hosted_by,
  collect(CASE WHEN predicate = 'LOCATED_IN' THEN o.name ELSE null END) AS located_in,
  collect(CASE WHEN predicate = 'PROCESSES' THEN o.name ELSE null END) AS data,
  collect(CASE WHEN predicate = 'HAS_CRITICALITY' THEN o.name ELSE null END) AS criticality, e.id AS id
ORDER BY system, id
LIMIT $limit
