// purpose: The document's node and its extracted text.
// parameters: document: map, text: string
MERGE (d:Document {id: $document.id})
SET d += $document
MERGE (t:DocumentText {id: $document.id})
SET t.text = $text
MERGE (d)-[:HAS_TEXT]->(t)
