// purpose: Documents that mention an entity, by how often, with the names that they give it.
// parameters: name: name of an entity, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: title, version, mentions, names, id
// example: Which documents are about Quillpay?
MATCH (e:Entity {key: toLower($name)})<-[m:MENTIONS]-(:Passage)<-[:HAS_PASSAGE]-(d:Document)
WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
  AND ($as_of IS NULL OR (coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
WITH d, m.text AS written
ORDER BY written
RETURN d.title AS title, d.version AS version, count(written) AS mentions, collect(DISTINCT written) AS names, d.id AS id
ORDER BY mentions DESC, title, id
LIMIT $limit
