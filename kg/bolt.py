"""The Neo4j store: the official driver over Bolt, managed transactions that retry what is retryable."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import neo4j
import numpy as np
from neo4j.exceptions import AuthError, ConfigurationError, DriverError, Neo4jError

from kg.catalogue import catalogue, get_query
from kg.reading.reader import Reader
from kg.reading.statement import check_reading
from kg.store import Neo4jLogin, QueryResult, ReadResult, Row, Step, StoreError, Vector, elapsed_ms, visibility

#: Rows of one UNWIND; larger lists are cut into several statements of the same transaction.
BATCH = 5000
_MOST_WORDS = 1024
_INDEX_WAIT_SECONDS = 60
_CONNECT_SECONDS = 10.0
#: The indexes that full text and vectors are searched in.
_SEARCHED = ("passage_terms", "entity_terms", "passage_embedding")
# Over Bolt no file of the server can be rewritten.
_LEFT = (
    "Neo4j keeps what was deleted in its store files until it is overwritten, and in its transaction logs: stop it and "
    "run `neo4j-admin database copy`, as docs/privacy.md tells."
)


class Neo4jStore:
    """A `GraphStore` on a Neo4j server, 5.26 or newer; constraints and indexes are made on first use."""

    dialect = "neo4j"

    def __init__(self, uri: str, login: Neo4jLogin) -> None:
        self._uri = uri
        self._database = login.database
        signed_in = {"uri": uri, "user": login.user, "password": login.password, "database": login.database}
        self._reader = Reader(lambda: nullcontext(signed_in), lambda: 0)
        try:
            self._driver = neo4j.GraphDatabase.driver(
                uri,
                auth=(login.user, login.password),
                connection_timeout=_CONNECT_SECONDS,
                connection_acquisition_timeout=_CONNECT_SECONDS,
                max_transaction_retry_time=15.0,
                notifications_min_severity="OFF",
            )
        except (ConfigurationError, ValueError) as error:
            raise StoreError(f"{uri} is not an address of a Neo4j server: {error}.") from error
        try:
            self._driver.verify_connectivity()
            self._prepare()
        except (DriverError, Neo4jError) as error:
            self._driver.close()
            raise explained(self._uri, error) from error
        except ValueError as error:  # a port that is no number is noticed only now
            self._driver.close()
            raise StoreError(f"{uri} is not an address of a Neo4j server: {error}.") from error

    def _prepare(self) -> None:
        with self._driver.session(database=self._database) as session:
            for query in catalogue(self.dialect).values():
                if query.folder == "schema":
                    session.run(query.cypher).consume()
            session.run(get_query("await_indexes", self.dialect).cypher, seconds=_INDEX_WAIT_SECONDS).consume()

    def run(self, name: str, /, **parameters: Any) -> QueryResult:
        query = get_query(name, self.dialect)

        started = time.perf_counter()
        try:
            rows = self._driver.execute_query(
                query.cypher,
                dict(parameters),
                routing_=neo4j.RoutingControl.READ,
                database_=self._database,
                bookmark_manager_=None,
                result_transformer_=_rows,
            )
        except (DriverError, Neo4jError, TypeError, ValueError) as error:
            raise explained(self._uri, error) from error
        return QueryResult(name, query.cypher, parameters, rows, elapsed_ms(started))

    def changes(self) -> int:
        rows = self.run("changes").rows
        return int(rows[0]["count"]) if rows else 0

    def write(self, steps: Iterable[Step], vectors: Mapping[str, Vector]) -> None:
        vector_rows = [{"id": key, "vector": vector.tolist()} for key, vector in vectors.items()]
        all_steps = [*steps, Step("write_vectors", {"rows": vector_rows})] if vector_rows else list(steps)

        def work(transaction: neo4j.ManagedTransaction) -> None:
            for step in all_steps:
                cypher = get_query(step.name, self.dialect).cypher
                for parameters in _batches(step.parameters):
                    transaction.run(cypher, parameters).consume()
            transaction.run(get_query("count_change", self.dialect).cypher).consume()

        try:
            with self._driver.session(database=self._database) as session:
                session.execute_write(work)
        except (DriverError, Neo4jError, TypeError, ValueError) as error:
            raise explained(self._uri, error) from error

    def search_text(
        self, name: str, query: str, k: int, groups: Sequence[str] | None, as_of: str | None
    ) -> QueryResult:
        words = query.split()
        if not words:  # Lucene calls an empty query a mistake; nothing is what it finds
            return QueryResult(name, get_query(name, self.dialect).cypher, {}, [], 0.0)
        # Lucene refuses a query of more words than these.
        asked = " ".join(words[:_MOST_WORDS])
        return self.run(name, query=asked, k=k, **visibility(name, self.dialect, groups, as_of))

    def search_vectors(self, vector: Vector, k: int, groups: Sequence[str] | None, as_of: str | None) -> QueryResult:
        # The index is approximate and filters after ranking: look at more until enough are visible or it gave all.
        candidates, held = 10 * k, -1
        seen = visibility("similar_passages", self.dialect, groups, as_of)
        while True:
            result = self.run("similar_passages", vector=vector.tolist(), k=k, candidates=candidates, **seen)
            if (groups is None and as_of is None) or len(result.rows) >= k:
                return result
            if held < 0:
                held = self.run("graph_size", groups=None).rows[0]["passages"]
            if candidates >= held:
                return result
            candidates = min(10 * candidates, held)

    def nearness(self, vector: Vector, passage_ids: Sequence[str]) -> dict[str, float]:
        rows = self.run("nearness", passage_ids=list(passage_ids), vector=vector.tolist()).rows
        return {row["id"]: round(2 * float(row["score"]) - 1, 6) for row in rows}  # Neo4j's is between 0 and 1

    def passage_vectors(self, passage_ids: Sequence[str]) -> dict[str, Vector]:
        rows = self.run("passage_vectors", passage_ids=list(passage_ids)).rows
        return {row["id"]: np.array(row["vector"], dtype=np.float32) for row in rows}

    def read_only(self, cypher: str, parameters: Mapping[str, Any], limit: int, timeout: float) -> ReadResult:
        return self._reader.read(check_reading(cypher, self.dialect), parameters, limit, timeout)

    def explain(self, cypher: str, timeout: float) -> None:
        self._reader.explain(check_reading(cypher, self.dialect), timeout)

    def compact(self) -> str:
        # Written document by document, Lucene's indexes have many parts, each of which a search asks, and keep what was
        # deleted until parts are merged. Made anew they are searched more than twice as fast.
        try:
            with self._driver.session(database=self._database) as session:
                for index in _SEARCHED:
                    session.run(get_query("drop_index", self.dialect).cypher, index=index).consume()
            self._prepare()
        except (DriverError, Neo4jError) as error:
            raise explained(self._uri, error) from error
        return _LEFT

    def close(self) -> None:
        self._reader.close()
        self._driver.close()


def explained(uri: str, error: Exception) -> StoreError:
    """What an error of the driver, or of the server at `uri`, means."""
    if isinstance(error, AuthError):
        return StoreError(
            f"Neo4j at {uri} refused the user name or password; set EVIGRAPH_NEO4J_USER and EVIGRAPH_NEO4J_PASSWORD."
        )
    # Of a parameter that cannot be sent the driver says ValueError or TypeError, before it asks the server.
    if isinstance(error, DriverError):
        return StoreError(f"Neo4j at {uri} cannot be reached; start it, or set EVIGRAPH_GRAPH to where it listens.")
    message = error.message if isinstance(error, Neo4jError) else str(error)
    return StoreError(f"Neo4j at {uri} could not do it: {message}")


def _rows(result: neo4j.Result) -> list[Row]:
    keys = result.keys()  # asked for once: a record looks each of its own up
    return [dict(zip(keys, record.values(), strict=True)) for record in result]


def _batches(parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
    rows = parameters.get("rows")
    if rows is None:
        yield parameters
        return
    for start in range(0, len(rows), BATCH):
        yield {**parameters, "rows": rows[start : start + BATCH]}
