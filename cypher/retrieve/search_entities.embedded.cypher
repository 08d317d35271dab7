// purpose: Entities by full text over names and aliases; the embedded store's procedure, which asks how many to look at.
// parameters: query: string, k: integer, candidates: integer, groups: list of string or null
// columns: id, name, type, aliases, key, score
// example: Who is the DPO?
CALL grafeo.search.text('Entity', 'terms', $query, $candidates) YIELD node_id, score
MATCH (e:Entity)
WHERE id(e) = node_id
  AND EXISTS {
    MATCH (e)<-[:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
  }
RETURN e.id AS id, e.name AS name, e.type AS type, e.aliases AS aliases, e.key AS key, score
ORDER BY score DESC, id
LIMIT $k
