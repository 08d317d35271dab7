// purpose: Suppliers that host or provide something, with what, and their sub-processors.
// parameters: limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: supplier, hosts, provides, subprocessors, id
// example: Which suppliers and sub-processors do we rely on?
MATCH (f:Fact)
WHERE f.predicate IN ['HOSTED_BY', 'PROVIDES', 'SUBPROCESSOR_OF'] AND f.status <> 'retracted' AND f.negated = false
  AND EXISTS {
    MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
WITH f.predicate AS predicate, CASE WHEN f.predicate = 'PROVIDES' THEN s ELSE o END AS supplier, CASE WHEN f.predicate = 'PROVIDES' THEN o ELSE s END AS other
WITH DISTINCT supplier, predicate, other
ORDER BY other.name, other.id
RETURN supplier.name AS supplier,
  collect(CASE WHEN predicate = 'HOSTED_BY' THEN other.name ELSE null END) AS hosts,
  collect(CASE WHEN predicate = 'PROVIDES' THEN other.name ELSE null END) AS provides,
  collect(CASE WHEN predicate = 'SUBPROCESSOR_OF' THEN other.name ELSE null END) AS subprocessors, supplier.id AS id
ORDER BY supplier, id
LIMIT $limit
