// purpose: How many facts each predicate has: affirmed, denied, and only said to be possible.
// parameters: limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: predicate, facts, denied, hedged
// example: What kinds of facts does the graph hold?
MATCH (f:Fact)
WHERE f.status <> 'retracted'
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH f, min(CASE WHEN evidence.hedged THEN 1 ELSE 0 END) AS hedged
RETURN f.predicate AS predicate, count(f) AS facts, sum(CASE WHEN f.negated THEN 1 ELSE 0 END) AS denied, sum(hedged) AS hedged
ORDER BY facts DESC, predicate
LIMIT $limit
