// purpose: Entities by full text over names and aliases; Neo4j's index procedure.
// parameters: query: string, k: integer, groups: list of string or null
// columns: id, name, type, value, aliases, key, score
// example: Who is the DPO?
CALL db.index.fulltext.queryNodes('entity_terms', $query) YIELD node AS e, score
MATCH (e)<-[m:MENTIONS]-(p:Passage)
MATCH (p)<-[:HAS_PASSAGE]-(d:Document)
WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
WITH e, score, m
ORDER BY m.other_name
WITH e, score, collect(DISTINCT m.other_name) AS aliases, collect(DISTINCT m.terms) AS alias_terms
WITH e, score, aliases, split(reduce(seen = e.name_terms, t IN alias_terms | seen + ' ' + t), ' ') AS seen
WHERE any(word IN split($query, ' ') WHERE word IN seen)
RETURN e.id AS id, e.name AS name, e.type AS type, e.value AS value, aliases, e.key AS key, score
ORDER BY score DESC, id
LIMIT $k
