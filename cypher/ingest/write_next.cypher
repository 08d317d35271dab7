// purpose: The reading order of a document's passages.
// parameters: rows: list of map
UNWIND $rows AS row
MATCH (a:Passage {id: row.from})
MATCH (b:Passage {id: row.to})
MERGE (a)-[:NEXT]->(b)
