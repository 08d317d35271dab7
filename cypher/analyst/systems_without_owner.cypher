// purpose: Systems that nobody is said to own or to be responsible for.
// parameters: limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: name, documents, id
// example: Which systems have no owner?
MATCH (e:Entity)
WHERE e.type = 'System'
  AND NOT EXISTS {
    MATCH (e)<-[:OBJECT]-(f:Fact)
    WHERE f.predicate IN ['OWNS', 'RESPONSIBLE_FOR', 'MANAGES'] AND f.status <> 'retracted' AND f.negated = false
      AND EXISTS {
    MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
  }
MATCH (e)<-[:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
RETURN e.name AS name, count(DISTINCT d.id) AS documents, e.id AS id
ORDER BY documents DESC, name, id
LIMIT $limit
