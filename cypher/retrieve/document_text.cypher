// purpose: A document's extracted text, which all offsets count in.
// parameters: document_id: string, groups: list of string or null
// columns: id, text
// example: What does the document say?
MATCH (d:Document {id: $document_id})-[:HAS_TEXT]->(t:DocumentText)
WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
RETURN d.id AS id, t.text AS text
