// purpose: Entities of a type, or of any but values, that documents mention and say nothing of.
// parameters: type: string or null, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: name, type, mentions, documents, id
// example: What is mentioned but never described?
MATCH (e:Entity)
WHERE ($type IS NULL OR e.type = $type) AND NOT e.type IN ['Action', 'Amount', 'Date', 'Definition', 'Duration', 'Percentage', 'Value']
  AND NOT EXISTS {
    MATCH (e)<-[:SUBJECT|OBJECT]-(f:Fact)
    WHERE f.status <> 'retracted'
      AND EXISTS {
    MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
  }
MATCH (e)<-[:MENTIONS]-(p:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
RETURN e.name AS name, e.type AS type, count(p) AS mentions, count(DISTINCT d.id) AS documents, e.id AS id
ORDER BY mentions DESC, name, id
LIMIT $limit
