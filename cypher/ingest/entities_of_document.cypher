// purpose: Entities that a document mentions or states facts of; they may be orphans once it goes.
// parameters: document_id: string
// columns: id
MATCH (:Document {id: $document_id})-[:HAS_PASSAGE]->(:Passage)-[:MENTIONS]->(e:Entity)
RETURN e.id AS id
UNION
MATCH (:Document {id: $document_id})-[:HAS_PASSAGE]->(:Passage)<-[:EVIDENCED_BY]-(:Fact)-[:SUBJECT|OBJECT]->(e:Entity)
RETURN e.id AS id
UNION
MATCH (:Fact {retracted_from: $document_id})-[:SUBJECT|OBJECT]->(e:Entity)
RETURN e.id AS id
