// purpose: The document itself and its extracted text go.
// parameters: document_id: string
MATCH (d:Document {id: $document_id})
OPTIONAL MATCH (d)-[:HAS_TEXT]->(t:DocumentText)
DETACH DELETE t, d
