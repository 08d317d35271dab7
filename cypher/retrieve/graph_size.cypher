// purpose: How much the graph holds.
// parameters: groups: list of string or null
// columns: documents, passages
// example: How big is the graph?
MATCH (d:Document)
WHERE $groups IS NULL OR any(g IN d.access WHERE g IN $groups)
OPTIONAL MATCH (d)-[:HAS_PASSAGE]->(p:Passage)
RETURN count(DISTINCT d) AS documents, count(p) AS passages
