// Ways between two names
// The shortest ways from one name to another, over what is said of things; two values alike are no way.
// Set first, with names that you know: :params {name: 'Lantern CRM', other: 'Quillpay'}
MATCH (a:Entity {name: $name})
MATCH (b:Entity {name: $other})
MATCH p = allShortestPaths((a)-[*..6]-(b))
WHERE all(step IN relationships(p) WHERE step.fact_id IS NOT NULL)
  AND none(end IN nodes(p) WHERE end:Action|Amount|Date|Definition|Duration|Percentage|Value)
RETURN p
LIMIT 20
