// purpose: Who owns or is responsible for what.
// parameters: groups: list of string or null, as_of: date or null
// columns: who, predicate, what, document
// example: Who is responsible for what?
MATCH (f:Fact)
WHERE f.predicate IN ['OWNS', 'RESPONSIBLE_FOR', 'MANAGES'] AND f.status <> 'retracted' AND f.negated = false
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
MATCH (f)-[:SUBJECT]->(who:Entity)
MATCH (f)-[:OBJECT]->(what:Entity)
RETURN DISTINCT who.name AS who, f.predicate AS predicate, what.name AS what, d.title AS document
ORDER BY who, predicate, what, document
