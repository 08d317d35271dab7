// purpose: One document.
// parameters: document_id: string, groups: list of string or null
// columns: id, uri, title, media_type, sha256, version, corpus, access, ingested_at, valid_from, valid_to, passages
// example: Which version of the policy is held?
MATCH (d:Document {id: $document_id})
WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
OPTIONAL MATCH (d)-[:HAS_PASSAGE]->(p:Passage)
RETURN d.id AS id, d.uri AS uri, d.title AS title, d.media_type AS media_type, d.sha256 AS sha256, d.version AS version,
  d.corpus AS corpus, d.access AS access, d.ingested_at AS ingested_at,
  d.valid_from AS valid_from, d.valid_to AS valid_to, count(p) AS passages
