// purpose: A document's passages; a caption is what a person exploring the graph reads on one.
// parameters: document_id: string, rows: list of map
UNWIND $rows AS row
MATCH (d:Document {id: $document_id})
MERGE (p:Passage {id: row.id})
SET p.ordinal = row.ordinal, p.text = row.text, p.start = row.start, p.end = row.end, p.page = row.page,
    p.heading = row.heading, p.terms = row.terms,
    p.caption = CASE WHEN row.heading = '' THEN left(replace(row.text, '\n', ' '), 60)
      ELSE last(split(row.heading, ' > ')) END
MERGE (d)-[:HAS_PASSAGE]->(p)
