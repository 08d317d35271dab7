// purpose: All evidence of facts, to carry the graph elsewhere.
// columns: fact_id, passage_id, start, end, score, hedged, deadline, due, exception, valid_from, valid_to
MATCH (f:Fact)-[e:EVIDENCED_BY]->(p:Passage)
RETURN f.id AS fact_id, p.id AS passage_id, e.start AS start, e.end AS end, e.score AS score, e.hedged AS hedged,
  e.deadline AS deadline, e.due AS due, e.exception AS exception, e.valid_from AS valid_from, e.valid_to AS valid_to
ORDER BY fact_id, passage_id, start, end
