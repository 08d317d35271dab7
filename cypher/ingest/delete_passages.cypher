// purpose: The passages of a document go, with their mentions and evidence links.
// parameters: document_id: string
MATCH (:Document {id: $document_id})-[:HAS_PASSAGE]->(p:Passage)
DETACH DELETE p
