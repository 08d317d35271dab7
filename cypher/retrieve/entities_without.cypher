// purpose: Entities of given types that stand at neither or not the given end (subject, object, either) of any fact of given predicates, with the passages that name them.
// parameters: types: list of string, predicates: list of string, end: string, limit: integer, groups: list of string or null, as_of: string or null
// columns: id, name, type, passage_ids
// example: Which systems have no owner?
MATCH (e:Entity)
WHERE e.type IN $types
  AND NOT EXISTS {
    MATCH (e)<-[:SUBJECT]-(f:Fact)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $end <> 'object' AND f.predicate IN $predicates AND f.status <> 'retracted' AND f.negated = false
      AND ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
  AND NOT EXISTS {
    MATCH (e)<-[:OBJECT]-(f:Fact)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $end <> 'subject' AND f.predicate IN $predicates AND f.status <> 'retracted' AND f.negated = false
      AND ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
MATCH (e)<-[:MENTIONS]-(p:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH e, p
ORDER BY p.id
RETURN e.id AS id, e.name AS name, e.type AS type, collect(DISTINCT p.id) AS passage_ids
ORDER BY id
LIMIT $limit
