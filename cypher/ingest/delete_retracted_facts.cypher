// purpose: When a document is removed for good, the facts retracted with it are forgotten too.
// parameters: document_id: string
MATCH (f:Fact {retracted_from: $document_id})
DETACH DELETE f
