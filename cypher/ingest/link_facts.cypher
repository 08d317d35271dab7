// purpose: Facts come to the entities that they are now about.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (f:Fact {id: row.id})
MATCH (s:Entity {id: row.subject_id})
MATCH (o:Entity {id: row.object_id})
MERGE (f)-[:SUBJECT]->(s)
MERGE (f)-[:OBJECT]->(o)
