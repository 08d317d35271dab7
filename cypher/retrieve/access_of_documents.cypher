// purpose: Which groups may see each document: a model may be sent only what it may see.
// parameters: document_ids: list of string, groups: list of string or null, as_of: string or null
// columns: id, access
// example: May this evidence leave the machine?
MATCH (d:Document)
WHERE d.id IN $document_ids
  AND ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
RETURN d.id AS id, d.access AS access
ORDER BY id
