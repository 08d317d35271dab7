// purpose: The names that a document mentions, with the entities they are at, and whether another document has them too.
// parameters: document_id: string
// columns: key, entity_id, elsewhere
MATCH (:Document {id: $document_id})-[:HAS_PASSAGE]->(:Passage)-[m:MENTIONS]->(e:Entity)
WITH DISTINCT m.key AS key, e
OPTIONAL MATCH (e)<-[again:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(other:Document)
WHERE again.key = key AND other.id <> $document_id
RETURN key, e.id AS entity_id, count(other) > 0 AS elsewhere
ORDER BY key
