// purpose: All chains of one to four facts that join two entities, the shortest first; none leads over a denial or through a value.
// parameters: first: name of an entity, second: name of an entity, limit: integer = 100, groups: list of string or null, as_of: date or null
// columns: facts, path, fact_ids
// example: In which ways are Quillpay and Korvane Cloud AB connected?
MATCH (a:Entity {key: toLower($first)})
MATCH (z:Entity {key: toLower($second)})
MATCH found = (a) (
  (x:Entity)<-[:SUBJECT|OBJECT]-(f:Fact)-[:SUBJECT|OBJECT]->(:Entity)
  WHERE f.status <> 'retracted' AND f.negated = false
    AND (x.id = a.id OR (x.id <> z.id AND NOT x.type IN ['Action', 'Amount', 'Date', 'Definition', 'Duration', 'Percentage', 'Value']))
    AND EXISTS {
      MATCH (f)-[evidence:EVIDENCED_BY]->(:Passage)<-[:HAS_PASSAGE]-(d:Document)
      WHERE ($groups IS NULL OR any(g IN d.access WHERE g IN $groups))
        AND ($as_of IS NULL OR (coalesce(evidence.valid_from, $as_of) <= $as_of AND coalesce(evidence.valid_to, $as_of) >= $as_of
          AND coalesce(d.valid_from, $as_of) <= $as_of AND coalesce(d.valid_to, $as_of) >= $as_of))
    }
){1,4} (z)
WHERE all(one IN nodes(found) WHERE single(other IN nodes(found) WHERE other = one))
RETURN size(f) AS facts,
  reduce(said = a.name, i IN range(0, size(f) - 1) | said
    + CASE WHEN type(relationships(found)[2 * i]) = 'SUBJECT' THEN ' -' + f[i].predicate + '-> ' ELSE ' <-' + f[i].predicate + '- ' END
    + nodes(found)[2 * i + 2].name) AS path,
  [fact IN f | fact.id] AS fact_ids
ORDER BY facts, path, fact_ids
LIMIT $limit
