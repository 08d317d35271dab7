// Merged names
// Names that were merged, each with the entity that it is one of.
MATCH p = (:MergedName)-[:NAMES]->(:Entity)
RETURN p
LIMIT 80
