// purpose: Entities by normalised name; their types and aliases are refreshed once all mentions are written.
// parameters: rows: list of map
UNWIND $rows AS row
MERGE (e:Entity {id: row.id})
ON CREATE SET e.key = row.key, e.name = row.name, e.type = row.type, e.value = row.value, e.aliases = [],
  e.name_terms = row.terms, e.terms = row.terms
