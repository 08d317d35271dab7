// purpose: Entities in whose names one of some words stands, given in lower case; also those that no passage mentions.
// parameters: words: list of string
// columns: id, key, name, aliases
MATCH (e:Entity)
WHERE any(word IN $words WHERE e.key CONTAINS word OR toLower(e.name) CONTAINS word OR e.name_terms CONTAINS word
  OR any(alias IN e.aliases WHERE toLower(alias) CONTAINS word))
RETURN e.id AS id, e.key AS key, e.name AS name, e.aliases AS aliases
ORDER BY id
