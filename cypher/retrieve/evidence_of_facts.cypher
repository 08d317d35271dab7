// purpose: The characters that evidence each fact, with their passage and document.
// parameters: fact_ids: list of string, groups: list of string or null, as_of: string or null
// columns: fact_id, passage_id, start, end, quote, page, heading, document_id, title, uri, version
// example: Where does it say so?
MATCH (f:Fact)-[e:EVIDENCED_BY]->(p:Passage)
WHERE f.id IN $fact_ids AND f.status <> 'retracted'
MATCH (p)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(e.valid_from, $as_of) <= $as_of AND coalesce(e.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
RETURN f.id AS fact_id, p.id AS passage_id, e.start AS start, e.end AS end,
  substring(p.text, e.start - p.start, e.end - e.start) AS quote, p.page AS page, p.heading AS heading,
  d.id AS document_id, d.title AS title, d.uri AS uri, d.version AS version
ORDER BY fact_id, passage_id, start, end
