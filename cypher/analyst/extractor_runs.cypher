// purpose: What each run of an extractor produced: documents read, facts found, doubtful ones among them.
// parameters: limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: ingested_at, extractor, documents, facts, below_half, outside_ontology
// example: What did the last ingest find?
MATCH (d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
OPTIONAL MATCH (d)-[:HAS_PASSAGE]->(:Passage)<-[evidence:EVIDENCED_BY]-(f:Fact)
WHERE f.status <> 'retracted'
  AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH d, f, max(evidence.score) AS confidence
RETURN d.ingested_at AS ingested_at, d.extractor AS extractor, count(DISTINCT d.id) AS documents, count(DISTINCT f.id) AS facts,
  count(DISTINCT CASE WHEN confidence < 0.5 THEN f.id ELSE null END) AS below_half,
  count(DISTINCT CASE WHEN f.outside_ontology THEN f.id ELSE null END) AS outside_ontology
ORDER BY ingested_at DESC, extractor
LIMIT $limit
