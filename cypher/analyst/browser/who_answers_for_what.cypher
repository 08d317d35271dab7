// Who owns what
// Who and what owns, manages and is responsible for what.
MATCH p = (:Entity)-[:OWNS|MANAGES|RESPONSIBLE_FOR]->(:Entity)
RETURN p
LIMIT 80
