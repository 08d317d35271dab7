// purpose: An entity's aliases are those that the documents still held give it, and the names merged into it.
// parameters: entity_ids: list of string
UNWIND $entity_ids AS id
MATCH (e:Entity {id: id})
OPTIONAL MATCH (e)<-[m:MENTIONS]-(:Passage)
WHERE m.other_name IS NOT NULL
WITH e, m
ORDER BY m.other_name
WITH e, collect(DISTINCT m.other_name) AS aliases, collect(DISTINCT m.terms) AS alias_terms
WITH e, aliases, reduce(all_terms = e.name_terms, t IN alias_terms | all_terms + ' ' + t) AS terms
WHERE aliases <> e.aliases OR terms <> e.terms
SET e.aliases = aliases, e.terms = terms
