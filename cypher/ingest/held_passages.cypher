// purpose: The passages of a document as they are held, in reading order.
// parameters: document_id: string
// columns: id, ordinal, text, start, end, page, heading, terms
MATCH (:Document {id: $document_id})-[:HAS_PASSAGE]->(p:Passage)
RETURN p.id AS id, p.ordinal AS ordinal, p.text AS text, p.start AS start, p.end AS end, p.page AS page,
  p.heading AS heading, p.terms AS terms
ORDER BY ordinal
