"""A compacted graph holds the same, and nothing that was replaced; who reads meanwhile notices nothing."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import kg_world as world
import pytest
from neo4j import GraphDatabase
from neo4j_server import Server

from kg.bolt import Neo4jStore
from kg.embedded import EmbeddedStore
from kg.store import Neo4jLogin, StoreError
from kg.writer import remove_document


def test_what_was_removed_is_in_no_byte(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "graph")
    world.write(store, *world.WORLD)
    store._graph.compact()  # into the file itself, not only its log
    remove_document(store, world.SALARIES.document.id)
    before, changes, answers = held(tmp_path), store.changes(), world.ask_all(store, None)
    assert before, "it was there, and is there after its removal"
    assert store.compact() == ""
    assert held(tmp_path) == []
    assert store.changes() > changes, "nothing that was kept of the former graph is taken for this one's"
    assert world.ask_all(store, None) == answers
    world.write(store, world.SALARIES)
    store.close()
    assert held(tmp_path)


def test_neo4j_searches_the_same_in_indexes_made_anew(clean_neo4j: Server) -> None:
    server = clean_neo4j
    store = Neo4jStore(server.uri, Neo4jLogin(server.user, server.password, "neo4j"))
    world.write(store, *world.WORLD)
    remove_document(store, world.SALARIES.document.id)
    answers = world.ask_all(store, None)
    with GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:

        def numbers() -> dict[str, int]:
            rows = driver.execute_query("SHOW INDEXES YIELD id, name RETURN name, id").records
            return {row["name"]: row["id"] for row in rows}

        before = numbers()
        assert "store files" in store.compact()
        after = numbers()
    assert {name for name in before if before[name] != after[name]} == {
        "entity_terms", "passage_terms", "passage_embedding"
    }  # fmt: skip
    assert world.ask_all(store, None) == answers
    store.close()


def held(folder: Path) -> list[str]:
    words = [passage.text.encode()[:24] for passage in world.SALARIES.passages]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(word in path.read_bytes() for word in words)]


def test_who_reads_meanwhile_is_answered(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "graph")
    world.write(store, *world.WORLD)
    expected = store.run("documents", limit=10, groups=None).rows

    def read(_: int) -> bool:
        return all(store.run("documents", limit=10, groups=None).rows == expected for _ in range(20))

    with ThreadPoolExecutor(4) as pool:
        reading = [pool.submit(read, number) for number in range(8)]
        for _ in range(5):
            store.compact()
        assert all(item.result() for item in reading)
    store.close()


def test_a_full_disk_leaves_the_graph_as_it_was(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "graph")
    world.write(store, *world.WORLD)
    expected = store.run("documents", limit=10, groups=None).rows
    (tmp_path / "graph" / "graph.grafeo.new").mkdir()  # where the copy would be written
    with pytest.raises(StoreError, match="could not be compacted"):
        store.compact()
    assert store.run("documents", limit=10, groups=None).rows == expected
    store.close()
