// purpose: Every passage, to carry the graph elsewhere.
// columns: id, document_id, ordinal, text, start, end, page, heading, terms
MATCH (d:Document)-[:HAS_PASSAGE]->(p:Passage)
RETURN p.id AS id, d.id AS document_id, p.ordinal AS ordinal, p.text AS text, p.start AS start, p.end AS end, p.page AS page,
  p.heading AS heading, p.terms AS terms
ORDER BY id
