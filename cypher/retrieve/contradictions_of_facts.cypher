// purpose: What contradicts given facts: the same denied (or affirmed), and another value by predicates that allow one.
// parameters: fact_ids: list of string, predicates: list of string, limit: integer, groups: list of string or null, as_of: string or null
// columns: fact_id, other_id, subject, predicate, object, other_object, other_negated
// example: Does another document say otherwise?
MATCH (f:Fact)
WHERE f.id IN $fact_ids AND f.status <> 'retracted'
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
MATCH (s)<-[:SUBJECT]-(other:Fact)
WHERE other.predicate = f.predicate AND other.id <> f.id AND other.status <> 'retracted'
MATCH (other)-[:OBJECT]->(value:Entity)
WHERE (value.id = o.id AND other.negated <> f.negated)
  OR (value.id <> o.id AND other.negated = false AND f.negated = false AND f.predicate IN $predicates)
MATCH (other)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
RETURN DISTINCT f.id AS fact_id, other.id AS other_id, s.name AS subject, f.predicate AS predicate, o.name AS object,
  value.name AS other_object, other.negated AS other_negated
ORDER BY fact_id, other_id
LIMIT $limit
