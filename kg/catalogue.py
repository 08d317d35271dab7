"""The query catalogue: every query that runs is a named `.cypher` file, found here.

A file `NAME.cypher` serves both stores; `NAME.embedded.cypher` and `NAME.neo4j.cypher` are the two of a name for which
the dialects differ. Comment lines at the top say purpose, parameters, columns and an example question; a parameter is
written `name: type`, or `name: type = value` when a person who runs the query may leave it out (`a; b` for a list).
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DIALECTS = ("embedded", "neo4j")
CYPHER = Path(__file__).resolve().parent.parent / "cypher"
_HEADER = re.compile(r"^// (purpose|parameters|columns|example): (.*)$")


type Default = int | float | str | list[str]


@dataclass(frozen=True, slots=True)
class Query:
    """One catalogue query; `parameters` maps each name to its type in words, `dialects` says which stores run it.

    `defaults` holds the values of the parameters that a person may leave out; whoever calls `GraphStore.run` gives all.
    """

    name: str
    folder: str
    purpose: str
    parameters: dict[str, str]
    defaults: dict[str, Default]
    columns: tuple[str, ...]
    example: str
    cypher: str
    dialects: tuple[str, ...]


class UnknownQuery(LookupError):
    """No query of that name is in the catalogue for this store."""


@cache
def catalogue(dialect: str) -> dict[str, Query]:
    """All queries that the store with this dialect runs, by name."""
    queries: dict[str, Query] = {}
    for path in sorted(CYPHER.glob("*/*.cypher")):
        query = _read(path)
        if dialect in query.dialects:
            queries[query.name] = query
    return queries


def get_query(name: str, dialect: str) -> Query:
    """The query `name` for a store; raises `UnknownQuery`."""
    try:
        return catalogue(dialect)[name]
    except KeyError:
        raise UnknownQuery(f"There is no query named {name!r}; `GET /v1/queries` lists them.") from None


def _read(path: Path) -> Query:
    name, *suffix = path.stem.split(".")
    header: dict[str, str] = {}
    body: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        match = _HEADER.match(line)
        if match and not body:
            header[match[1]] = match[2]
        else:
            body.append(line)
    parameters, defaults = read_parameters(header.get("parameters", ""))
    return Query(
        name=name,
        folder=path.parent.name,
        purpose=header.get("purpose", ""),
        parameters=parameters,
        defaults=defaults,
        columns=tuple(column.strip() for column in header.get("columns", "").split(",") if column.strip()),
        example=header.get("example", ""),
        cypher="\n".join(body).strip(),
        dialects=tuple(suffix) or DIALECTS,
    )


def read_parameters(text: str) -> tuple[dict[str, str], dict[str, Default]]:
    """Types and defaults of `name: type, name: type = value`, by name."""
    parameters: dict[str, str] = {}
    defaults: dict[str, Default] = {}
    for declared in filter(str.strip, text.split(",")):
        name, _, kind = (part.strip() for part in declared.partition(":"))
        kind, equals, value = (part.strip() for part in kind.partition("="))
        parameters[name] = kind
        if equals:
            defaults[name] = _default(kind, value)
    return parameters, defaults


def _default(kind: str, value: str) -> Default:
    if kind.startswith("list of "):
        return [item.strip() for item in value.split(";")]
    return int(value) if kind == "integer" else float(value) if kind == "float" else value
