// purpose: Which names were merged into an entity, and why; only of names that the caller may see both.
// parameters: entity_id: string, groups: list of string or null
// columns: name, into_name, score, reasons, decided_by, decided_at
// example: Why is M. Lind the same as Maria Lind?
MATCH (e:Entity {id: $entity_id})<-[m:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
WITH m.key AS key, m.type_rank AS type_rank, m.type AS type, m.name AS name
ORDER BY key, type_rank DESC, type, name
WITH key, collect(name) AS written
WITH collect({key: key, name: written[0]}) AS names
UNWIND names AS one
UNWIND names AS other
MATCH (m:`Merge` {key: one.key, status: 'merged'})
WHERE m.into_key = other.key
RETURN one.name AS name, other.name AS into_name, m.score AS score, m.reasons AS reasons, m.decided_by AS decided_by,
  m.decided_at AS decided_at
ORDER BY name, into_name
