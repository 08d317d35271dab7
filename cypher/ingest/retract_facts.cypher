// purpose: Facts that only this document evidences are retracted, not forgotten; who might see it may see that they were.
// parameters: document_id: string
MATCH (d:Document {id: $document_id})-[:HAS_PASSAGE]->(:Passage)<-[:EVIDENCED_BY]-(f:Fact)
WHERE NOT EXISTS {
  MATCH (f)-[:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(other:Document) WHERE other.id <> $document_id
}
SET f.status = 'retracted', f.retracted_from = $document_id, f.retracted_access = d.access
