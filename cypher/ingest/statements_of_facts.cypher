// purpose: The characters that state each fact, a retracted one too, with the text of their passage.
// parameters: fact_ids: list of string
// columns: fact_id, passage_id, text, passage_start, start, end, hedged, deadline, due, exception, valid_from, valid_to, document_id
MATCH (f:Fact)-[e:EVIDENCED_BY]->(p:Passage)
WHERE f.id IN $fact_ids
MATCH (p)<-[:HAS_PASSAGE]-(d:Document)
RETURN f.id AS fact_id, p.id AS passage_id, p.text AS text, p.start AS passage_start, e.start AS start, e.end AS end,
  e.hedged AS hedged, e.deadline AS deadline, e.due AS due, e.exception AS exception, e.valid_from AS valid_from,
  e.valid_to AS valid_to, d.id AS document_id
ORDER BY fact_id, passage_id, start, end
