// What runs where
// Which systems and data are hosted, supplied and processed by whom.
MATCH p = (:Entity)-[:HOSTED_BY|SUBPROCESSOR_OF|PROVIDES|PROCESSES|DEPENDS_ON]->(:Entity)
RETURN p
LIMIT 80
