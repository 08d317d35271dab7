// purpose: An entity's aliases are those that the documents still held give it.
// parameters: entity_ids: list of string
MATCH (e:Entity)
WHERE e.id IN $entity_ids
OPTIONAL MATCH (e)<-[m:MENTIONS {alias: true}]-(:Passage)
WITH e, m
ORDER BY m.text
WITH e, collect(DISTINCT m.text) AS aliases, collect(DISTINCT m.terms) AS alias_terms
SET e.aliases = aliases, e.terms = reduce(all_terms = e.name_terms, t IN alias_terms | all_terms + ' ' + t)
