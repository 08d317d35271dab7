// purpose: The runs of extractors that found facts, of those facts that the caller may see.
// parameters: fact_ids: list of string, groups: list of string or null, as_of: string or null
// columns: fact_id, id, extractor, model_version, ontology_version, started_at
// example: Which model in which version found this?
MATCH (f:Fact)
WHERE f.id IN $fact_ids AND f.status <> 'retracted'
MATCH (f)-[e:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(e.valid_from, $as_of) <= $as_of AND coalesce(e.valid_to, $as_of) >= $as_of
    AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH DISTINCT f
MATCH (f)-[:GENERATED_BY]->(r:Run)
RETURN f.id AS fact_id, r.id AS id, r.extractor AS extractor, r.model_version AS model_version,
  r.ontology_version AS ontology_version, r.started_at AS started_at
ORDER BY fact_id, started_at, id
