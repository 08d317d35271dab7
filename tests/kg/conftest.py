"""Stores for the graph's tests: the small world of `kg_world`, written once to each store, and empty ones."""

from collections.abc import Callable, Iterator
from pathlib import Path

import kg_world as world
import pytest
from kg_stores import DIALECTS, connect, wipe
from neo4j_server import Server

from kg.bolt import Neo4jStore
from kg.embedded import EmbeddedStore
from kg.store import GraphStore


@pytest.fixture(scope="session")
def embedded_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """The world in the embedded store: only to be read."""
    store = EmbeddedStore(tmp_path_factory.mktemp("world"))
    world.write(store, *world.WORLD)
    yield store
    store.close()


@pytest.fixture(scope="module")
def neo4j_world(neo4j_server: Server) -> Iterator[Neo4jStore]:
    """The world in Neo4j: only to be read. Written once a module, since others wipe the one server there is."""
    wipe(neo4j_server)
    store = connect(neo4j_server)
    world.write(store, *world.WORLD)
    yield store
    store.close()


@pytest.fixture(scope="module", params=DIALECTS)
def world_store(request: pytest.FixtureRequest) -> GraphStore:
    """The world in one store after the other."""
    store: GraphStore = request.getfixturevalue(f"{request.param}_world")
    return store


@pytest.fixture(params=DIALECTS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GraphStore]:
    """An empty store, one of each kind."""
    opened: GraphStore
    if request.param == "embedded":
        opened = EmbeddedStore(tmp_path / "graph")
    else:
        opened = connect(request.getfixturevalue("clean_neo4j"))
    yield opened
    opened.close()


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], EmbeddedStore]]:
    """Makes empty embedded stores: what a graph that never held something else answers."""
    opened: list[EmbeddedStore] = []

    def make() -> EmbeddedStore:
        opened.append(EmbeddedStore(tmp_path_factory.mktemp("fresh")))
        return opened[-1]

    yield make
    for item in opened:
        item.close()
