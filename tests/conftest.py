"""Fixtures shared by all tests."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from neo4j import GraphDatabase

# The scripts, and what several folders of tests build their graphs and doors with.
sys.path.extend([str(Path(__file__).resolve().parent / folder) for folder in ("../scripts", "kg", "api", "governance")])

from neo4j_server import Server, ServerError, running_server


@pytest.fixture(scope="session", autouse=True)
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What no setting puts elsewhere goes to a folder of the tests, never to the user's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One real Neo4j for the whole run, started by the first test that asks for it."""
    try:
        with running_server(tmp_path_factory.mktemp("neo4j")) as server:
            yield server
    except ServerError as error:
        # Without a server these tests have not passed, so they are not skipped.
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def clean_neo4j(neo4j_server: Server) -> Server:
    """The server with no nodes or relationships left from an earlier test; indexes and constraints stay."""
    return _wiped(neo4j_server)


@pytest.fixture(scope="module")
def clean_neo4j_module(neo4j_server: Server) -> Server:
    """The same, wiped once for all tests of a module, which share what they write."""
    return _wiped(neo4j_server)


def _wiped(server: Server) -> Server:
    with GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver, driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS").consume()
    return server
