// purpose: Every entity, to carry the graph elsewhere.
// columns: id, key, name, type, value, terms
MATCH (e:Entity)
RETURN e.id AS id, e.key AS key, e.name AS name, e.type AS type, e.value AS value, e.name_terms AS terms
ORDER BY id
