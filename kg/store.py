"""The graph store protocol, and how to open the store that a setting names."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kg.catalogue import get_query

Row = dict[str, Any]
Vector = NDArray[np.float32]


class StoreError(Exception):
    """The store cannot do it; the message is one sentence that names what is wrong and the mend."""


@dataclass(frozen=True, slots=True)
class Step:
    """One catalogue query with its parameters, to be run inside a write transaction."""

    name: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The rows of a query, with all that is needed to run it again: its text and parameters; `ms` is wall time."""

    name: str
    cypher: str
    parameters: dict[str, Any]
    rows: list[Row]
    ms: float


@dataclass(frozen=True, slots=True)
class ReadResult:
    """The rows of an analyst's own statement as JSON values (see `kg.reading.values`), a map by column each.

    `truncated`: there were more than asked for, or they were too large; `ms` is wall time.
    """

    columns: tuple[str, ...]
    rows: list[Row]
    truncated: bool
    ms: float


class GraphStore(Protocol):
    """A graph with full text and vectors. Implemented by `kg.embedded.EmbeddedStore` and `kg.bolt.Neo4jStore`."""

    @property
    def dialect(self) -> str:
        """`embedded` or `neo4j`: which `.cypher` files it runs."""
        ...

    def run(self, name: str, /, **parameters: Any) -> QueryResult:
        """Run a named query that only reads. Raises `StoreError`, `UnknownQuery`."""
        ...

    def changes(self) -> int:
        """How often the graph was written to: the same number, the same graph, for as long as this store is open."""
        ...

    def write(self, steps: Iterable[Step], vectors: Mapping[str, Vector]) -> None:
        """Run the steps in one transaction, all or nothing; `vectors` are the new passages' [384], by passage id."""
        ...

    def search_text(
        self, name: str, query: str, k: int, groups: Sequence[str] | None, as_of: str | None
    ) -> QueryResult:
        """The best `k` rows of a full-text query (`search_passages`, `search_entities`) that `groups` may see.

        `query` is text of `kg.terms.term_text`; `groups` None sees everything. `as_of`: only of documents in force on
        this day (ISO), where the query reads passages; None for whenever.
        """
        ...

    def search_vectors(self, vector: Vector, k: int, groups: Sequence[str] | None, as_of: str | None) -> QueryResult:
        """The `k` visible passages nearest to the vector [384] by cosine; `groups` and `as_of` as in `search_text`."""
        ...

    def passage_vectors(self, passage_ids: Sequence[str]) -> dict[str, Vector]:
        """The vectors [384] of passages by id; one that has none is left out."""
        ...

    def nearness(self, vector: Vector, passage_ids: Sequence[str]) -> dict[str, float]:
        """The cosine of passages by id with a vector [384]; a passage that has no vector is left out.

        It tells nothing of a passage but that: whether the caller may see it, another query has to say.
        """
        ...

    def read_only(self, cypher: str, parameters: Mapping[str, Any], limit: int, timeout: float) -> ReadResult:
        """At most `limit` rows of an analyst's own statement, which can only read and has `timeout` seconds.

        Nothing checks who may see the rows. Raises `StatementRefused`, `ReaderBusy`, `StoreError`.
        """
        ...

    def explain(self, cypher: str, timeout: float) -> None:
        """Have an analyst's own statement checked and planned, not run. Raises as `read_only` does."""
        ...

    def compact(self) -> str:
        """Drop from the files what was deleted or replaced. What may be left of it, in a sentence, "" for nothing.

        Neo4j makes its search indexes anew, and answers no search until they are there. Raises `StoreError`; then the
        graph is as it was.
        """
        ...

    def close(self) -> None:
        """Release the file or the connections."""
        ...


@dataclass(frozen=True, slots=True)
class Neo4jLogin:
    """How to sign in to Neo4j."""

    user: str
    password: str
    database: str


def open_store(graph: str, login: Neo4jLogin) -> GraphStore:
    """Open the store that `graph` names: `embedded:PATH` or a URI such as `neo4j://HOST:PORT`.

    Raises `StoreError` when it cannot be opened or reached.
    """
    kind, _, rest = graph.partition(":")
    if kind == "embedded" and rest:
        from kg.embedded import EmbeddedStore

        return EmbeddedStore(Path(rest).expanduser())
    if kind in {"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"} and rest.startswith("//"):
        from kg.bolt import Neo4jStore

        return Neo4jStore(graph, login)
    raise StoreError(f"The graph {graph!r} is neither embedded:PATH nor neo4j://HOST:PORT; set EVIGRAPH_GRAPH to one.")


def visibility(name: str, dialect: str, groups: Sequence[str] | None, as_of: str | None) -> dict[str, Any]:
    """Whose eyes and which day a query is asked with: those of the parameters `groups` and `as_of` that it takes."""
    seen = {"groups": None if groups is None else list(groups), "as_of": as_of}
    return {key: value for key, value in seen.items() if key in get_query(name, dialect).parameters}


def elapsed_ms(started: float) -> float:
    """Milliseconds since `started` (of `time.perf_counter`), to a microsecond."""
    return round((time.perf_counter() - started) * 1000, 3)
