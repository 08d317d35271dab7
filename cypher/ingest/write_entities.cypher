// purpose: Entities by normalised name; a more certain type replaces a vaguer one, whatever the order of documents.
// parameters: rows: list of map
UNWIND $rows AS row
MERGE (e:Entity {id: row.id})
ON CREATE SET e.key = row.key, e.name = row.name, e.type = row.type, e.type_rank = row.type_rank,
  e.aliases = [], e.name_terms = row.terms, e.terms = row.terms
ON MATCH SET e.type = CASE WHEN row.type_rank > e.type_rank THEN row.type ELSE e.type END,
  e.type_rank = CASE WHEN row.type_rank > e.type_rank THEN row.type_rank ELSE e.type_rank END
