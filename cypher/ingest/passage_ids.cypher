// purpose: The ids of all passages held, to tell which vectors still have one.
// columns: id
// example: How many passages are there?
MATCH (p:Passage)
RETURN p.id AS id
ORDER BY id
