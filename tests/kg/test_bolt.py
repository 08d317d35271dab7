"""kg.bolt: how the Neo4j store connects, what it says when it cannot, and that a trace can be run again."""

import socket
import time
from collections.abc import Iterator

import kg_world as world
import pytest
from neo4j import GraphDatabase
from neo4j_server import Server

from kg import bolt
from kg.bolt import Neo4jStore
from kg.store import Neo4jLogin, StoreError, open_store
from kg.terms import term_text


@pytest.fixture
def silent() -> Iterator[str]:
    """An address that takes connections and never answers, as a firewall or a hung server does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"bolt://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def closed() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"bolt://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("address", ["silent", "closed"])
def test_an_unreachable_server_is_named_soon(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    assert bolt._CONNECT_SECONDS <= 10
    monkeypatch.setattr(bolt, "_CONNECT_SECONDS", 2.0)
    uri = request.getfixturevalue(address)
    started = time.monotonic()
    with pytest.raises(StoreError, match=f"{uri} cannot be reached.*EVIGRAPH_GRAPH"):
        open_store(uri, Neo4jLogin("neo4j", "secret", "neo4j"))
    assert time.monotonic() - started < 7  # the limit itself, with room for a busy machine


def test_a_wrong_password_names_the_variables(neo4j_server: Server) -> None:
    with pytest.raises(StoreError, match=r"EVIGRAPH_NEO4J_USER and EVIGRAPH_NEO4J_PASSWORD") as caught:
        Neo4jStore(neo4j_server.uri, Neo4jLogin(neo4j_server.user, "wrong-password", "neo4j"))
    assert "wrong-password" not in str(caught.value)


def test_an_unknown_database_is_an_error(neo4j_server: Server) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        Neo4jStore(neo4j_server.uri, Neo4jLogin(neo4j_server.user, neo4j_server.password, "nowhere"))


@pytest.mark.parametrize("uri", ["bolt://[", "bolt://host:port"])
def test_an_address_that_is_none(uri: str) -> None:
    with pytest.raises(StoreError, match="is not an address of a Neo4j server"):
        open_store(uri, Neo4jLogin("neo4j", "x", "neo4j"))


def test_indexes_are_made_once(neo4j_server: Server) -> None:
    login = Neo4jLogin(neo4j_server.user, neo4j_server.password, "neo4j")
    with GraphDatabase.driver(neo4j_server.uri, auth=(login.user, login.password)) as driver:

        def held() -> list[tuple[str, str]]:
            records = driver.execute_query("SHOW INDEXES YIELD name, type, state WHERE type <> 'LOOKUP' RETURN *")
            assert {record["state"] for record in records.records} <= {"ONLINE"}
            return sorted((record["name"], record["type"]) for record in records.records)

        Neo4jStore(neo4j_server.uri, login).close()
        first = held()
        Neo4jStore(neo4j_server.uri, login).close()
        assert held() == first
    assert {"passage_embedding", "passage_terms", "entity_terms", "document_id"} <= {name for name, _ in first}


def test_a_trace_runs_again_through_the_bare_driver(neo4j_world: Neo4jStore, neo4j_server: Server) -> None:
    """Its text and its parameters are all that it takes."""
    results = [
        neo4j_world.run("facts_of_entities", entity_ids=[world.e("Atlas")], limit=10, groups=["everyone"], as_of=None),
        neo4j_world.run("path_two_hops", **path_parameters()),
        neo4j_world.search_text("search_passages", term_text("Who owns Atlas?"), 5, ["everyone"], None),
        neo4j_world.search_text("search_entities", term_text("the boss"), 5, None, None),
        neo4j_world.search_vectors(world.unit_vector("question"), 3, ["hr"], None),
    ]
    with GraphDatabase.driver(neo4j_server.uri, auth=(neo4j_server.user, neo4j_server.password)) as driver:
        for result in results:
            again = driver.execute_query(result.cypher, result.parameters).records
            assert result.rows == [record.data() for record in again], result.name
            assert result.rows, result.name
            assert result.ms > 0


def path_parameters() -> dict[str, object]:
    return {
        "from_ids": [world.e("Atlas")],
        "to_ids": [world.e("Bo Lund")],
        "value_types": ["Duration"],
        "limit": 5,
        "groups": None,
        "as_of": None,
    }


def test_the_server_itself_refuses_a_write_where_a_read_was_announced(neo4j_world: Neo4jStore) -> None:
    with pytest.raises(StoreError, match="access mode"):
        neo4j_world.run("delete_document", document_id=world.d("handbook"))
    assert neo4j_world.run("document_state", document_id=world.d("handbook")).rows


def test_few_visible_among_many_hidden_are_all_found(clean_neo4j: Server) -> None:
    """The index ranks before it knows who asks: the store looks further until it has enough."""
    store = Neo4jStore(clean_neo4j.uri, Neo4jLogin(clean_neo4j.user, clean_neo4j.password, "neo4j"))
    for access, count in (("hr", 300), ("everyone", 4)):
        said = [world.Said("", f"leave {access}{number}") for number in range(count)]
        world.write(store, world.document(access, [access], said))
    question = world.unit_vector("question")
    found = store.search_vectors(question, 4, ["everyone"], None).rows
    rows = store.run("passages_by_id", passage_ids=[row["id"] for row in found], groups=None, as_of=None).rows
    assert [row["document_id"] for row in rows] == [world.d("everyone")] * 4
    assert len(store.search_vectors(question, 20, ["everyone"], None).rows) == 4
    assert store.search_vectors(question, 4, [], None).rows == []
    assert len(store.search_text("search_passages", "leav", 20, ["everyone"], None).rows) == 4
    store.close()
