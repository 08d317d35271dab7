// One document
// The passages of a document and what they name.
// Set first, with part of a title: :param title => 'Backup'
MATCH (d:Document)
WHERE toLower(d.title) CONTAINS toLower($title)
WITH d ORDER BY d.title LIMIT 1
MATCH p = (d)-[:HAS_PASSAGE]->(:Passage)-[:MENTIONS]->(:Entity)
RETURN p
LIMIT 80
