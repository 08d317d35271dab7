// purpose: A retracted fact shows no direct edge between its entities.
// parameters: document_id: string
MATCH (f:Fact {retracted_from: $document_id})-[:SUBJECT]->(s:Entity)
MATCH (s)-[r]->(:Entity)
WHERE r.fact_id = f.id
DELETE r
