// purpose: Every mention, to carry the graph elsewhere.
// columns: passage_id, entity_id, key, start, end, text, score, alias, other_name, terms, name, type, type_rank
MATCH (p:Passage)-[m:MENTIONS]->(e:Entity)
RETURN p.id AS passage_id, e.id AS entity_id, m.key AS key, m.start AS start, m.end AS end, m.text AS text, m.score AS score,
  m.alias AS alias, m.other_name AS other_name, m.terms AS terms, m.name AS name, m.type AS type, m.type_rank AS type_rank
ORDER BY passage_id, start, end, key
