// What is denied
// What documents say is not so: no direct edge shows it.
MATCH p = (:Entity)<-[:SUBJECT]-(f:Fact {negated: true})-[:OBJECT]->(:Entity)
WHERE f.status <> 'retracted'
RETURN p
LIMIT 80
