// purpose: As in the embedded store; the type is a label too, by which people see and match it, unless the graph itself uses that label: no type makes an entity a document.
// parameters: entity_ids: list of string
UNWIND $entity_ids AS id
MATCH (e:Entity {id: id})<-[m:MENTIONS]-(:Passage)
WITH DISTINCT e, CASE WHEN m.key = e.key THEN 0 ELSE 1 END AS merged, m.type_rank AS rank, m.type AS type, m.name AS name
ORDER BY merged, rank DESC, type, name
WITH e, collect(name) AS names, collect(type) AS types
WITH e, names[0] AS name, types[0] AS type, [label IN labels(e) WHERE NOT label IN ['Entity', types[0]]] AS former,
  [label IN types[..1] WHERE NOT label IN ['', 'Document', 'DocumentText', 'Entity', 'Fact', 'Merge', 'MergedName',
    'NameBlock', 'Change', 'Passage', 'Run']] AS labels
REMOVE e:$(former)
SET e.name = name, e.type = type, e:$(labels)
