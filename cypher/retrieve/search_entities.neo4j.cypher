// purpose: Entities by full text over names and aliases; Neo4j's index procedure.
// parameters: query: string, k: integer, groups: list of string or null
// columns: id, name, type, aliases, key, score
// example: Who is the DPO?
CALL db.index.fulltext.queryNodes('entity_terms', $query) YIELD node AS e, score
WHERE EXISTS {
    MATCH (e)<-[:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  }
RETURN e.id AS id, e.name AS name, e.type AS type, e.aliases AS aliases, e.key AS key, score
ORDER BY score DESC, id
LIMIT $k
