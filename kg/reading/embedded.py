"""The child's side of the embedded store: a copy of the graph, opened read-only."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import grafeo

from kg.reading.source import Rows
from kg.reading.statement import StatementRefused
from kg.reading.values import as_json, node, path, relationship
from kg.store import StoreError

# Whatever converting values of these kinds imports must be there before no file can be opened any more.
_WARM_UP = "RETURN date($day), datetime($day + 'T00:00:00Z'), time('10:00'), duration('P1D'), $number"
_EXPLAIN = "EXPLAIN "  # what grafeo puts before a statement to explain it
_OWN_KEYS = frozenset(("_id", "_labels", "_type", "_source", "_target"))


class EmbeddedSource:
    """A `Source` on a grafeo file."""

    def __init__(self, path: str) -> None:
        try:
            self._graph = grafeo.GrafeoDB.open_read_only(path)
            list(self._graph.execute_cypher(_WARM_UP, {"day": "2026-01-31", "number": Decimal("0.5")}))
        except grafeo.GrafeoError as error:
            raise StoreError(f"The copy of the graph to be read cannot be opened ({_sentence(error)}).") from error

    @contextmanager
    def running(
        self, cypher: str, parameters: Mapping[str, Any], timeout: float
    ) -> Iterator[tuple[Sequence[str], Rows]]:
        """See `Source`; the time limit is the process's."""
        try:
            result = self._graph.execute_cypher(cypher, dict(parameters))
        # ValueError and the like: a parameter of a kind or size that it does not take.
        except (grafeo.GrafeoError, ValueError, TypeError, OverflowError) as error:
            raise StatementRefused(f"The graph cannot run the statement: {_sentence(error)}.") from error
        columns = list(result.columns)
        yield columns, ([as_json(row[column], _plain) for column in columns] for row in map(dict, result))

    def explain(self, cypher: str, timeout: float) -> None:
        """See `Source`; the time limit is the process's."""
        try:
            self._graph.explain_cypher(cypher)
        except grafeo.GrafeoError as error:
            raise StatementRefused(f"The graph cannot run the statement: {_sentence(error, len(_EXPLAIN))}.") from error


def _plain(value: Any) -> Any:
    """A node, a relationship or a path, which are maps with keys that Evigraph's own properties do not have."""
    if not isinstance(value, dict):
        return value
    keys = value.keys()
    if keys == {"nodes", "edges"} and all(isinstance(item, dict) and "_id" in item for item in value["nodes"]):
        return path(value["nodes"], value["edges"])
    properties = {key: item for key, item in value.items() if key not in _OWN_KEYS}
    if keys >= {"_id", "_labels"}:
        return node(value["_labels"], properties)
    if keys >= {"_id", "_type", "_source", "_target"}:
        return relationship(value["_type"], properties)
    return value


def _sentence(error: Exception, before: int = 0) -> str:
    """The first line of "GRAFEO-Q001: syntax error: [Cypher] Expected RParen\\n --> query:1:19", and the place
    without the `before` characters that precede the statement."""
    said = re.sub(r"^GRAFEO-\w+: |\[Cypher\] ", "", str(error).partition("\n")[0]).strip().rstrip(".")
    place = re.search(r"--> query:(\d+):(\d+)", str(error))
    if place is None:
        return said
    column = int(place[2]) - (before if place[1] == "1" else 0)
    return f"{said} (line {place[1]}, column {column})"
