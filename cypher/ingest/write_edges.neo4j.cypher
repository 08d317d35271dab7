// purpose: One edge a live fact, typed by its predicate, so that a person exploring sees OWNS, not boxes of ids. (It is looked for from its subject: MERGE would look at all that leads to the object, which may be a hub.)
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (f:Fact {id: row.id})
WHERE f.status <> 'retracted'
MATCH (s:Entity {id: row.subject_id})
MATCH (o:Entity {id: row.object_id})
WHERE NOT EXISTS { MATCH (s)-[r]->(:Entity) WHERE r.fact_id = row.id }
CREATE (s)-[:$(row.predicate) {fact_id: row.id}]->(o)
