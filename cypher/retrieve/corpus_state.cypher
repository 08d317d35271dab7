// purpose: Which documents in which version an answer could draw on.
// parameters: groups: list of string or null, as_of: string or null
// columns: id, sha256
// example: Which corpus answered?
MATCH (d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
RETURN d.id AS id, d.sha256 AS sha256
ORDER BY id
