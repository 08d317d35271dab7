// purpose: One edge a live fact. The embedded dialect takes no type from a parameter, so the predicate is a property here.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (f:Fact {id: row.id})
WHERE f.status <> 'retracted'
MATCH (s:Entity {id: row.subject_id})
MATCH (o:Entity {id: row.object_id})
MERGE (s)-[r:RELATES {fact_id: row.id}]->(o)
SET r.predicate = row.predicate
