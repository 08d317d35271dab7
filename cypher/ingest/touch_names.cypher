// purpose: Names of which something changed, and those at the same entity, are to be resolved again.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (:Entity {id: row.entity_id})<-[m:MENTIONS]-(:Passage)
WITH DISTINCT m.key AS key
MATCH (b:NameBlock {key: key})
SET b.pending = true
