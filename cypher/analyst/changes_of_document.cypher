// purpose: What the current version of a document (by title, file name, URI or id) was the first to state, and what earlier ones stated and no document does any longer.
// parameters: document: string, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: change, subject, predicate, object, negated, fact_id
// example: What did the new version of the password standard change?
MATCH (d:Document)
WHERE ($document IN [d.id, d.title, d.uri] OR d.uri ENDS WITH '/' + $document) AND ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
CALL (d) {
  MATCH (f:Fact {retracted_from: d.id})
  WHERE f.status = 'retracted' AND ($groups IS NULL OR any(g IN f.retracted_access WHERE g IN $groups))
  RETURN 'retracted' AS change, f
  UNION
  MATCH (d)-[:HAS_PASSAGE]->(:Passage)<-[evidence:EVIDENCED_BY]-(f:Fact)
  WHERE f.status <> 'retracted' AND f.recorded_at >= d.ingested_at
    AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  RETURN 'added' AS change, f
}
MATCH (f)-[:SUBJECT]->(s:Entity)
MATCH (f)-[:OBJECT]->(o:Entity)
RETURN DISTINCT change, s.name AS subject, f.predicate AS predicate, o.name AS object, f.negated AS negated, f.id AS fact_id
ORDER BY change DESC, subject, predicate, object, fact_id
LIMIT $limit
