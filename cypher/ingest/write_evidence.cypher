// purpose: Which characters of which passage evidence a fact, how that passage qualifies it, and when it holds.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (f:Fact {id: row.fact_id})
MATCH (p:Passage {id: row.passage_id})
MERGE (f)-[e:EVIDENCED_BY {start: row.start, end: row.end}]->(p)
SET e.score = row.score, e.hedged = row.hedged, e.deadline = row.deadline, e.due = row.due, e.exception = row.exception,
  e.valid_from = row.valid_from, e.valid_to = row.valid_to
