// Around a name
// What is said of a name, at most five statements of each kind, and what joins their ends.
// Set first, with a name that you know: :param name => 'Lantern CRM'
MATCH p = (:Entity {name: $name})-[said]-(:Entity)
WHERE said.fact_id IS NOT NULL
WITH type(said) AS kind, collect(p)[..5] AS some
UNWIND some AS p
RETURN p
