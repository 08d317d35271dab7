// Who must do what
// What those with the most obligations must, may and must not do.
MATCH (who:Entity)-[said:MUST|MUST_NOT|MAY]->(:Entity)
WITH who, count(said) AS obligations
ORDER BY obligations DESC, who.name
LIMIT 8
MATCH p = (who)-[:MUST|MUST_NOT|MAY]->(:Entity)
RETURN p
LIMIT 80
