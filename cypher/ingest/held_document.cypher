// purpose: One document as it is held, with its text; to be written anew without some names.
// parameters: document_id: string
// columns: id, uri, title, media_type, sha256, version, corpus, access, ingested_at, extractor, valid_from, valid_to, text
MATCH (d:Document {id: $document_id})-[:HAS_TEXT]->(t:DocumentText)
RETURN d.id AS id, d.uri AS uri, d.title AS title, d.media_type AS media_type, d.sha256 AS sha256, d.version AS version,
  d.corpus AS corpus, d.access AS access, d.ingested_at AS ingested_at, d.extractor AS extractor,
  d.valid_from AS valid_from, d.valid_to AS valid_to, t.text AS text
