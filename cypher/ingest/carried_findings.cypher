// purpose: Which runs found which facts, to carry the graph elsewhere.
// columns: fact_id, run_id
MATCH (f:Fact)-[:GENERATED_BY]->(r:Run)
RETURN f.id AS fact_id, r.id AS run_id
ORDER BY fact_id, run_id
