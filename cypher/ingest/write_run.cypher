// purpose: Which extractor, in which version, by which ontology.
// parameters: run: map
MERGE (r:Run {id: $run.id})
SET r += $run
