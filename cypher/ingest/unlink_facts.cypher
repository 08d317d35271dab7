// purpose: Facts leave the entities that they are no longer about.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (f:Fact {id: row.id})-[r:SUBJECT|OBJECT]->(e:Entity)
WHERE (type(r) = 'SUBJECT' AND e.id <> row.subject_id) OR (type(r) = 'OBJECT' AND e.id <> row.object_id)
DELETE r
