// purpose: Facts between entities of a type (or any) and given ones, by given predicates (or any): for lists and counts.
// parameters: entity_ids: list of string, predicates: list of string, type: string or null, limit: integer, groups: list of string or null
// columns: item_id, item, item_type, id, subject_id, subject, subject_type, predicate, object_id, object, object_type, confidence, valid_from, valid_to
// example: Which systems does Nordwind host?
MATCH (other:Entity)<-[:SUBJECT|OBJECT]-(f:Fact)
WHERE other.id IN $entity_ids AND f.status <> 'retracted'
MATCH (f)-[:SUBJECT|OBJECT]->(item:Entity)
WHERE item.id <> other.id AND ($type IS NULL OR item.type = $type)
  AND (size($predicates) = 0 OR f.predicate IN $predicates)
WITH DISTINCT item, f
MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
WITH item, f, max(evidence.score) AS confidence
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN item.id AS item_id, item.name AS item, item.type AS item_type,
  f.id AS id, s.id AS subject_id, s.name AS subject, s.type AS subject_type, f.predicate AS predicate,
  o.id AS object_id, o.name AS object, o.type AS object_type, confidence,
  f.valid_from AS valid_from, f.valid_to AS valid_to
ORDER BY item_id, id
LIMIT $limit
