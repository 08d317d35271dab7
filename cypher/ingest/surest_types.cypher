// purpose: What a document names, each with the type that an entity of that name has, and the rank of the surest document that gives it one.
// parameters: document_id: string
// columns: key, type, type_rank
MATCH (:Document {id: $document_id})-[:HAS_PASSAGE]->(:Passage)-[m:MENTIONS]->(e:Entity)
WITH DISTINCT m.key AS key, e
MATCH (e)<-[any_of:MENTIONS]-(:Passage)
WHERE any_of.type = e.type
RETURN key, e.type AS type, max(any_of.type_rank) AS type_rank
ORDER BY key
