// purpose: What the most incidents affected, with the incidents.
// parameters: limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: name, type, incidents, which, id
// example: Which system had the most incidents?
MATCH (f:Fact)
WHERE f.predicate = 'AFFECTS' AND f.status <> 'retracted' AND f.negated = false
  AND EXISTS {
    MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
    WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
      AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
        AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
  }
MATCH (f)-[:SUBJECT]->(incident:Entity)
WHERE incident.type = 'Incident'
MATCH (f)-[:OBJECT]->(e:Entity)
WITH DISTINCT e, incident
ORDER BY incident.name, incident.id
RETURN e.name AS name, e.type AS type, count(incident) AS incidents, collect(incident.name) AS which, e.id AS id
ORDER BY incidents DESC, name, id
LIMIT $limit
