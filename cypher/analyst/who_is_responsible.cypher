// purpose: Who owns or is responsible for what.
// parameters: groups: list of string or null
// columns: who, predicate, what, document
// example: Who is responsible for what?
MATCH (who:Entity)<-[:SUBJECT|OBJECT]-(f:Fact)-[:SUBJECT|OBJECT]->(what:Entity)
WHERE f.predicate IN ['OWNS', 'RESPONSIBLE_FOR', 'MANAGES'] AND f.status <> 'retracted' AND f.negated = false
MATCH (f)-[:SUBJECT]->(who)
MATCH (f)-[:OBJECT]->(what)
MATCH (f)-[:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
RETURN DISTINCT who.name AS who, f.predicate AS predicate, what.name AS what, d.title AS document
ORDER BY who, predicate, what, document
