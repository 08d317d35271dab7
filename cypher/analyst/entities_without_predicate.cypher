// purpose: Entities of a type of which no fact with any of the predicates is said, neither as subject nor as object.
// parameters: type: string, predicates: list of string, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: name, documents, id
// example: Which contracts have no end date?
MATCH (e:Entity)
WHERE e.type = $type
  AND NOT EXISTS {
    MATCH (e)<-[:SUBJECT|OBJECT]-(f:Fact)
    WHERE f.predicate IN $predicates AND f.status <> 'retracted' AND f.negated = false
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
