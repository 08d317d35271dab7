// purpose: One edge a fact, typed by its predicate, so that a person exploring sees OWNS, not boxes of ids.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (s:Entity {id: row.subject_id})
MATCH (o:Entity {id: row.object_id})
MERGE (s)-[r:$(row.predicate) {fact_id: row.id}]->(o)
