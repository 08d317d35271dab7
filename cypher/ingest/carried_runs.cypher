// purpose: Every run of an extractor, to carry the graph elsewhere.
// columns: id, extractor, model_version, ontology_version, started_at
MATCH (r:Run)
RETURN r.id AS id, r.extractor AS extractor, r.model_version AS model_version, r.ontology_version AS ontology_version,
  r.started_at AS started_at
ORDER BY id
