// purpose: One edge a fact. The embedded dialect takes no type from a parameter, so the predicate is a property here.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (s:Entity {id: row.subject_id})
MATCH (o:Entity {id: row.object_id})
MERGE (s)-[r:RELATES {fact_id: row.id}]->(o)
SET r.predicate = row.predicate
