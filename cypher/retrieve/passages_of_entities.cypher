// purpose: The passages that mention each entity; of a common one, in so many passages or more, only that it is; nothing of one that is mentioned too often to be looked into.
// parameters: entity_ids: list of string, most: integer, too_often: integer, groups: list of string or null, as_of: string or null
// columns: entity_id, passage_ids, common
// example: where the names of the best passages lead to
UNWIND $entity_ids AS entity_id
CALL (entity_id) {
  MATCH (e:Entity {id: entity_id})<-[:MENTIONS]-(p)
  WITH p
  LIMIT $too_often
  RETURN collect(p) AS mentioned_in
}
WITH entity_id, mentioned_in
WHERE size(mentioned_in) < $too_often
UNWIND mentioned_in AS p
MATCH (p)<-[:HAS_PASSAGE]-(d)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH DISTINCT entity_id, p.id AS passage_id
ORDER BY entity_id, passage_id
WITH entity_id, collect(passage_id) AS found
RETURN entity_id, CASE WHEN size(found) < $most THEN found ELSE [] END AS passage_ids, size(found) >= $most AS common
ORDER BY entity_id
