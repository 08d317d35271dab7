"""The embedded store: grafeo, one folder on disk, nothing to start (https://grafeo.dev)."""

import shutil
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import grafeo

from kg.catalogue import get_query
from kg.guard import Guard
from kg.reading.reader import Reader
from kg.reading.statement import check_reading
from kg.store import QueryResult, ReadResult, Row, Step, StoreError, Vector, elapsed_ms, visibility
from kg.vectors import VectorFile

_FILE, _LOG, _COPY = "graph.grafeo", "graph.grafeo.wal", "graph.grafeo.new"
_INDEXED = ("id", "key", "into_key", "block", "pending", "retracted_from")
# How many nodes a full-text query may have scored; more than any graph has.
_SCORED, _EVERY = 10_000, 100_000_000
#: Which nodes each full-text query searches.
_SEARCHED = {"search_passages": "Passage", "search_entities": "Entity"}
# Dead vectors are harmless but take memory: drop them once they are more than these.
_DEAD_VECTORS_KEPT = 1000


@dataclass(frozen=True, slots=True)
class _Holding:
    """In how many nodes, by label and term, a term was found while the graph stood at `epoch`."""

    epoch: int
    nodes: dict[tuple[str, str], int]


class EmbeddedStore:
    """A `GraphStore` in one folder: the graph's file and the vectors' file. One process at a time may open it."""

    dialect = "embedded"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._write_lock = threading.Lock()
        self._closed = False
        self._holding = _Holding(-1, {})
        self._guard = Guard()
        self._changes_before = 0  # what a compacted graph does not count any more
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._graph = grafeo.GrafeoDB(str(folder / _FILE))
        except (OSError, grafeo.GrafeoError) as error:
            raise StoreError(_why_not_opened(folder, error)) from error
        try:
            self._prepare()
            self._vectors = VectorFile(folder / "vectors.bin")
        except (OSError, grafeo.GrafeoError) as error:
            self._graph.close()  # or it stays locked for as long as this process runs
            raise StoreError(_why_not_opened(folder, error)) from error
        self._reader = Reader(self._copied, self.changes)

    def _prepare(self) -> None:
        for name in _INDEXED:
            if not self._graph.has_property_index(name):
                self._graph.create_property_index(name)
        for label in _SEARCHED.values():
            try:
                self._graph.text_search(label, "terms", "probe", 1)
            except (grafeo.GrafeoError, RuntimeError, ValueError):  # a new graph: it has no index yet
                self._graph.create_text_index(label, "terms", tokenizer="standard", stop_words=[])

    def run(self, name: str, /, **parameters: Any) -> QueryResult:
        query = get_query(name, self.dialect)
        if not query.columns:  # Neo4j refuses a write where a read was announced; grafeo has no such mode
            raise StoreError(f"The query {name} writes; it runs in a write transaction only.")
        started = time.perf_counter()
        with self._guard.use():
            rows = self._execute(self._graph, name, query.cypher, parameters)
        return QueryResult(name, query.cypher, parameters, rows, elapsed_ms(started))

    def changes(self) -> int:
        with self._guard.use():
            return self._changes_before + int(self._graph.current_epoch())

    def _execute(self, runner: Any, name: str, cypher: str, parameters: Mapping[str, Any]) -> list[Row]:
        try:
            return [dict(row) for row in runner.execute_cypher(cypher, dict(parameters))]
        except (grafeo.GrafeoError, ValueError) as error:  # ValueError: a parameter of a kind it does not take
            raise StoreError(f"The embedded graph could not run the query {name}: {error}") from error

    def write(self, steps: Iterable[Step], vectors: Mapping[str, Vector]) -> None:
        with self._write_lock:
            try:
                self._vectors.append(vectors)
            except OSError as error:
                raise StoreError(f"The vectors in {self._folder} cannot be written ({error.strerror}).") from error
            try:
                with self._graph.begin_transaction() as transaction:
                    for step in steps:
                        cypher = get_query(step.name, self.dialect).cypher
                        self._execute(transaction, step.name, cypher, step.parameters)
                    transaction.commit()
            except grafeo.GrafeoError as error:
                raise StoreError(f"The embedded graph could not keep what was written: {error}") from error

    def search_text(
        self, name: str, query: str, k: int, groups: Sequence[str] | None, as_of: str | None
    ) -> QueryResult:
        query = self._rarest(_SEARCHED[name], query)
        # grafeo ranks first and filters after, so look at more until enough are visible or there are no more.
        everything = groups is None and as_of is None
        candidates = k if everything else 4 * k
        seen = visibility(name, self.dialect, groups, as_of)
        while True:
            result = self.run(name, query=query, k=k, candidates=candidates, **seen)
            if everything or len(result.rows) >= k:
                return result
            if self._holders(_SEARCHED[name], query, candidates) < candidates:
                return result
            candidates *= 8

    def _rarest(self, label: str, query: str) -> str:
        """The query without the commonest terms, which cost the most and tell the least.

        grafeo scores every node that holds a term, so a query is worth as many as `_SCORED`, or its rarest term.
        """
        epoch, holding = self.changes(), self._holding
        if holding.epoch != epoch:
            holding = self._holding = _Holding(epoch, {})
        terms = set(query.split())
        for term in terms:
            if (label, term) not in holding.nodes:
                holding.nodes[label, term] = self._holders(label, term, _EVERY)
        kept: set[str] = set()
        scored = 0
        for term in sorted(terms, key=lambda term: (holding.nodes[label, term], term)):
            if scored and scored + holding.nodes[label, term] > _SCORED:
                break
            scored += holding.nodes[label, term]
            kept.add(term)
        return " ".join(term for term in query.split() if term in kept)

    def _holders(self, label: str, query: str, most: int) -> int:
        """How many nodes full text finds."""
        with self._guard.use():
            return len(self._graph.text_search(label, "terms", query, most))

    def search_vectors(self, vector: Vector, k: int, groups: Sequence[str] | None, as_of: str | None) -> QueryResult:
        candidates = 2 * k
        seen = visibility("similar_passages", self.dialect, groups, as_of)
        while True:
            nearest = [{"id": key, "score": score} for key, score in self._vectors.nearest(vector, candidates)]
            result = self.run("similar_passages", nearest=nearest, k=k, **seen)
            if len(result.rows) >= k or candidates >= len(self._vectors):
                return _only_visible(result)
            candidates *= 4

    def nearness(self, vector: Vector, passage_ids: Sequence[str]) -> dict[str, float]:
        held = self._vectors.of(passage_ids)
        return {key: round(float(held[key] @ vector), 6) for key in passage_ids if key in held}

    def passage_vectors(self, passage_ids: Sequence[str]) -> dict[str, Vector]:
        return self._vectors.of(passage_ids)

    def read_only(self, cypher: str, parameters: Mapping[str, Any], limit: int, timeout: float) -> ReadResult:
        return self._reader.read(check_reading(cypher, self.dialect), parameters, limit, timeout)

    def explain(self, cypher: str, timeout: float) -> None:
        self._reader.explain(check_reading(cypher, self.dialect), timeout)

    @contextmanager
    def _copied(self) -> Iterator[dict[str, str]]:
        """A copy of the graph's file with its log, for another process: the file itself is locked for this one.

        Between two writes they hold all that was acknowledged. Copying takes milliseconds where grafeo's own backup
        takes seconds.
        """
        copy = self._folder / "reading"
        shutil.rmtree(copy, ignore_errors=True)  # of a process that was killed
        copy.mkdir(mode=0o700)
        try:
            with self._write_lock:
                shutil.copyfile(self._folder / _FILE, copy / _FILE)
                if (self._folder / _LOG).exists():
                    shutil.copytree(self._folder / _LOG, copy / _LOG)
            yield {"embedded": str(copy / _FILE)}
        finally:
            shutil.rmtree(copy, ignore_errors=True)

    def compact(self) -> str:
        # grafeo's own compaction leaves what was replaced in the file's free pages; a copy has none.
        copy = self._folder / _COPY
        with self._write_lock:
            try:
                copy.unlink(missing_ok=True)
                with self._guard.exchange():
                    self._graph.save(str(copy))
                    self._exchange(copy)
                self._vectors.compact({row["id"] for row in self.run("passage_ids").rows})
            except (OSError, grafeo.GrafeoError) as error:
                raise StoreError(f"The graph in {self._folder} could not be compacted ({error}).") from error
        return ""

    def _exchange(self, copy: Path) -> None:
        """Put a copy of the graph in the place of the graph, which nobody uses. A crash leaves one of the two."""
        before = self._changes_before + int(self._graph.current_epoch())
        self._reader.close()  # it has the former one open
        self._graph.close()  # which leaves no log beside the file
        try:
            copy.replace(self._folder / _FILE)
        finally:
            self._graph = grafeo.GrafeoDB(str(self._folder / _FILE))
            self._changes_before = before + 1 - int(self._graph.current_epoch())
            self._prepare()

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._reader.close()
        live = {row["id"] for row in self.run("passage_ids").rows} if len(self._vectors) > _DEAD_VECTORS_KEPT else set()
        if len(self._vectors) - len(live) > _DEAD_VECTORS_KEPT:
            self._vectors.compact(live)
        self._graph.close()


def _only_visible(result: QueryResult) -> QueryResult:
    """The same rows, from parameters that name no hidden passage: a trace shows them, and a cosine tells much."""
    seen = {row["id"] for row in result.rows}
    nearest = [near for near in result.parameters["nearest"] if near["id"] in seen]
    return replace(result, parameters={**result.parameters, "nearest": nearest})


def _why_not_opened(folder: Path, error: Exception) -> str:
    reason = str(error)
    if "locked" in reason:
        return (
            f"The graph in {folder} is open in another process; stop that one, ask its server over HTTP, "
            "or set EVIGRAPH_GRAPH to another folder."
        )
    if isinstance(error, OSError):
        return f"The folder {folder} cannot be used for the graph ({error.strerror}); set EVIGRAPH_GRAPH to another."
    return f"The graph in {folder} cannot be opened ({reason}); restore it from a backup or ingest into a new folder."
