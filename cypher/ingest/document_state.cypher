// purpose: What is held of one document, to tell whether it changed.
// parameters: document_id: string
// columns: id, sha256, version, access, extractor
MATCH (d:Document {id: $document_id})
RETURN d.id AS id, d.sha256 AS sha256, d.version AS version, d.access AS access, d.extractor AS extractor
