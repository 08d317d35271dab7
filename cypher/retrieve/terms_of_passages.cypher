// purpose: The indexed terms of passages, with their documents' titles.
// parameters: passage_ids: list of string, groups: list of string or null, as_of: string or null
// columns: id, title, terms
// example: which words of the question a passage holds
MATCH (p:Passage)
WHERE p.id IN $passage_ids
MATCH (p)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
RETURN p.id AS id, d.title AS title, p.terms AS terms
ORDER BY id
