// purpose: The entities of a type with the most facts of one predicate, as subject or as object.
// parameters: type: string, predicate: string, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: name, facts, id
// example: Who owns the most?
MATCH (e:Entity)
WHERE e.type = $type
MATCH (e)<-[:SUBJECT|OBJECT]-(f:Fact)
WHERE f.predicate = $predicate AND f.status <> 'retracted' AND f.negated = false
  AND EXISTS {
    MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
RETURN e.name AS name, count(DISTINCT f.id) AS facts, e.id AS id
ORDER BY facts DESC, name, id
LIMIT $limit
