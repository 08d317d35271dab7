// Where it is written
// The facts about a name, at most three of each kind, with the passages and documents that state them.
// Set first, with a name that you know: :param name => 'Lantern CRM'
MATCH (:Entity {name: $name})<-[:SUBJECT|OBJECT]-(f:Fact)
WHERE f.status <> 'retracted'
WITH f.predicate AS kind, collect(DISTINCT f)[..3] AS some
UNWIND some AS f
MATCH p = (:Entity)<-[:SUBJECT]-(f)-[:OBJECT]->(:Entity)
MATCH q = (f)-[:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(:Document)
RETURN p, q
