// purpose: Entities by full text over names and aliases; Neo4j's index procedure, which gives the best ones first.
// parameters: query: string, k: integer, groups: list of string or null
// columns: id, name, type, value, aliases, key, score
// example: Who is the DPO?
CALL db.index.fulltext.queryNodes('entity_terms', $query) YIELD node, score
WITH node.id AS id, score
CALL (id) {
  MATCH (e:Entity {id: id})<-[:MENTIONS]-(p)
  WITH p
  LIMIT 20
  MATCH (p)<-[:HAS_PASSAGE]-(d)
  WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  RETURN count(d) AS seen_soon
}
CALL (id, seen_soon) {
  WITH id, seen_soon
  WHERE seen_soon = 0
  MATCH (e:Entity {id: id})<-[:MENTIONS]-(p)
  MATCH (p)<-[:HAS_PASSAGE]-(d)
  WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  RETURN count(d) AS seen_late
}
WITH id, score, seen_soon, seen_late
WHERE seen_soon + seen_late > 0
CALL (id) {
  MATCH (e:Entity {id: id})
  WHERE size(e.aliases) > 0
  MATCH (e)<-[m:MENTIONS]-(p)
  WHERE m.other_name IS NOT NULL
  MATCH (p)<-[:HAS_PASSAGE]-(d)
  WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  WITH m
  ORDER BY m.other_name
  RETURN collect(DISTINCT m.other_name) AS aliases, collect(DISTINCT m.terms) AS alias_terms
}
MATCH (e:Entity {id: id})
WITH id, e.name AS name, e.type AS type, e.value AS value, e.key AS key, e.name_terms AS name_terms, score, aliases, alias_terms
WITH id, name, type, value, key, score, aliases,
  split(reduce(seen = name_terms, t IN alias_terms | seen + ' ' + t), ' ') AS seen
WHERE any(word IN split($query, ' ') WHERE word IN seen)
WITH id, name, type, value, aliases, key, score
LIMIT $k
RETURN id, name, type, value, aliases, key, score
ORDER BY score DESC, id
