"""The child's side of Neo4j: transactions that the server itself keeps from writing and from lasting."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import neo4j
from neo4j.exceptions import AuthError, DriverError, Neo4jError
from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import Point
from neo4j.time import Date, DateTime, Duration, Time

from kg.bolt import explained
from kg.reading.source import Rows
from kg.reading.statement import PROCEDURES, StatementRefused
from kg.reading.values import as_json, node, path, relationship

_CONNECT_SECONDS = 10.0
_ROWS_FETCHED = 1000
_EXPLAIN = "EXPLAIN "


class BoltSource:
    """A `Source` on a Neo4j server. Raises `StoreError`."""

    def __init__(self, uri: str, user: str, password: str, database: str) -> None:
        self._uri = uri
        self._database = database
        self._driver = neo4j.GraphDatabase.driver(
            uri,
            auth=(user, password),
            connection_timeout=_CONNECT_SECONDS,
            connection_acquisition_timeout=_CONNECT_SECONDS,
            liveness_check_timeout=0,  # the server may have been started anew since the last statement
            notifications_min_severity="OFF",
        )
        try:
            self._driver.verify_connectivity()
        except (DriverError, Neo4jError) as error:
            raise explained(uri, error) from error

    @contextmanager
    def running(
        self, cypher: str, parameters: Mapping[str, Any], timeout: float
    ) -> Iterator[tuple[Sequence[str], Rows]]:
        """See `Source`. Before the statement runs, Neo4j's own plan of it has to tell that it only reads the graph."""
        given = dict(parameters)
        with self._planned(cypher, given, timeout) as transaction:
            result = transaction.run(cypher, given)
            yield result.keys(), ([as_json(value, _plain) for value in record.values()] for record in result)

    def explain(self, cypher: str, timeout: float) -> None:
        """See `Source`."""
        with self._planned(cypher, {}, timeout):
            pass

    @contextmanager
    def _planned(self, cypher: str, given: dict[str, Any], timeout: float) -> Iterator[neo4j.Transaction]:
        try:
            with (
                self._driver.session(
                    database=self._database, default_access_mode=neo4j.READ_ACCESS, fetch_size=_ROWS_FETCHED
                ) as session,
                # The process ends itself in time; the server's own limit is for when that goes unnoticed.
                session.begin_transaction(timeout=timeout + 1) as transaction,
            ):
                _check_plan(transaction.run(_EXPLAIN + cypher, given).consume())
                yield transaction
                transaction.rollback()  # which leaving the context would not do
        except (AuthError, DriverError) as error:
            raise explained(self._uri, error) from error
        except (Neo4jError, ValueError, TypeError, OverflowError) as error:
            raise StatementRefused(f"Neo4j cannot run the statement: {_sentence(error)}.") from error


def _plain(value: Any) -> Any:
    match value:
        case Node():
            return node(list(value.labels), dict(value))
        case Relationship():
            return relationship(value.type, dict(value))
        case Path():
            return path(value.nodes, value.relationships)
        case Date() | Time() | DateTime() | Duration():
            return value.iso_format()
        case Point():  # a tuple too
            return str(value)
        case _:
            return value


def _check_plan(summary: neo4j.ResultSummary) -> None:
    """Raises `StatementRefused` for what does not read, or not the graph: LOAD CSV counts as reading for Neo4j."""
    if summary.query_type != "r":
        raise StatementRefused("Neo4j says that the statement does more than read the graph, so it does not run.")
    for operator, details in _operators(summary.plan or {}):
        if operator.startswith("LoadCSV"):
            raise StatementRefused("LOAD reads files and addresses, and only the graph is read here.")
        name = details.partition("(")[0]
        if operator.startswith("ProcedureCall") and name not in PROCEDURES["neo4j"]:
            raise StatementRefused(f"The procedure {name!r} is not among those that are known to only read.")


def _operators(plan: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if plan:
        yield plan["operatorType"], str(plan["args"].get("Details", ""))
    for child in plan.get("children", ()):
        yield from _operators(child)


def _sentence(error: Exception) -> str:
    """The first line of what Neo4j says, since those after it repeat the statement, without long lists of what else
    could have stood there; columns count in the statement as it was given."""
    message = (error.message if isinstance(error, Neo4jError) else None) or str(error)
    line = re.sub(r": expected .{60,} \(line", " (line", message.partition("\n")[0])
    return re.sub(r"\(line (\d+), column (\d+) \(offset: \d+\)\)", _place, line).strip().rstrip(".")


def _place(match: re.Match[str]) -> str:
    column = int(match[2]) - (len(_EXPLAIN) if match[1] == "1" else 0)
    return f"(line {match[1]}, column {column})"
