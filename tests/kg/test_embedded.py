"""kg.embedded: the folder on disk, what a crash leaves of it, and search behind the access rule."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import kg_world as world
import numpy as np
import pytest
from kg_world import HANDBOOK, WORLD, Said, document, unit_vector

from kg import embedded
from kg.embedded import EmbeddedStore
from kg.model import DocumentGraph
from kg.store import Neo4jLogin, Row, StoreError, open_store
from kg.terms import term_text
from kg.writer import remove_document, write_document

HERE = Path(__file__).resolve().parent
LOGIN = Neo4jLogin("", "", "")
# Runs in a second process; {0} is the graph's folder.
PRELUDE = f"import sys; sys.path[:0] = [{str(HERE.parent.parent)!r}, {str(HERE)!r}]\n"
OPEN = PRELUDE + "from kg.store import *; open_store(f'embedded:{sys.argv[1]}', Neo4jLogin('', '', ''))"
WRITE = (
    PRELUDE
    + """
from itertools import count
from pathlib import Path
from kg.embedded import EmbeddedStore
from kg_world import Said, document, write
store = EmbeddedStore(Path(sys.argv[1]))
for number in count():
    text = f"Note {number}: Ada Berg owns Thing{number}."
    said = Said("", text, ("Ada Berg", f"Thing{number}"), (("Ada Berg", "OWNS", f"Thing{number}"),))
    graph = document(f"note{number}", ["everyone"], [said])
    write(store, graph)
    print(number, flush=True)
"""
)


def note(number: int) -> DocumentGraph:
    """The document that the child process wrote with this number."""
    text = f"Note {number}: Ada Berg owns Thing{number}."
    said = Said("", text, ("Ada Berg", f"Thing{number}"), (("Ada Berg", "OWNS", f"Thing{number}"),))
    return document(f"note{number}", ["everyone"], [said])


def second_process(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", OPEN, str(folder)], capture_output=True, text=True, timeout=60, check=False
    )


def test_reopening_keeps_everything(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    world.write(store, *WORLD)
    before, words = world.ask_all(store, None), store.search_text("search_passages", "atla", 5, None, None).rows
    store.close()
    again = EmbeddedStore(tmp_path)
    assert world.ask_all(again, None) == before
    assert again.search_text("search_passages", "atla", 5, None, None).rows == words  # with scores
    remove_document(again, HANDBOOK.document.id)  # and it is not frozen
    again.close()


def test_the_setting_names_the_folder(tmp_path: Path) -> None:
    store = open_store(f"embedded:{tmp_path / 'deep' / 'graph'}", LOGIN)
    assert isinstance(store, EmbeddedStore)
    store.close()
    store.close()  # twice does no harm
    assert {path.name for path in (tmp_path / "deep" / "graph").iterdir()} >= {"graph.grafeo", "vectors.bin"}


@pytest.mark.parametrize("setting", ["embedded:", "embedded", "", "http://127.0.0.1", "bolt:127.0.0.1", "neo4j"])
def test_a_setting_that_names_no_store(setting: str) -> None:
    with pytest.raises(StoreError, match="EVIGRAPH_GRAPH"):
        open_store(setting, LOGIN)


def test_a_second_process_is_told_what_to_do(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    refused = second_process(tmp_path)
    store.close()
    last = refused.stderr.strip().splitlines()[-1]
    assert last.startswith("kg.store.StoreError: The graph in")
    assert "is open in another process" in last
    assert second_process(tmp_path).returncode == 0  # once closed, the next one may


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", WRITE, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    acknowledged = [int(child.stdout.readline()) for _ in range(40)]
    os.kill(child.pid, signal.SIGKILL)  # most likely in the middle of a write
    acknowledged += [int(line) for line in child.stdout.read().split()]
    child.wait()
    child.stdout.close()
    store = EmbeddedStore(tmp_path)
    for number in acknowledged:
        graph = note(number)
        (passage,), (fact,) = graph.passages, graph.facts
        assert store.run("facts_by_id", fact_ids=[fact.id], groups=["everyone"], as_of=None).rows
        assert store.search_vectors(unit_vector(passage.text), 1, None, None).rows[0]["id"] == passage.id
        assert store.search_text("search_passages", f"thing{number}", 1, None, None).rows[0]["id"] == passage.id
    # What was not acknowledged is there as a whole or not at all.
    sizes = store.run("graph_size", groups=None).rows[0]
    assert len(acknowledged) <= sizes["documents"] == sizes["passages"] <= len(acknowledged) + 1
    store.close()


def damaged(data: bytes, how: str) -> bytes:
    # Where the file says something: most of it is zeros.
    said = [position for position, byte in enumerate(data) if byte]
    middle = said[len(said) // 2]
    return {
        "garbage": b"x" * 5000,
        "truncated": data[:middle],
        "empty": b"",
        "a hole": data[:middle] + bytes(64) + data[middle + 64 :],
    }[how]


@pytest.mark.parametrize("how", ["garbage", "truncated", "empty", "a hole"])
def test_a_damaged_graph_is_one_sentence(tmp_path: Path, how: str) -> None:
    store = EmbeddedStore(tmp_path)
    world.write(store, *WORLD)
    store.close()
    file = tmp_path / "graph.grafeo"
    file.write_bytes(damaged(file.read_bytes(), how))
    with pytest.raises(StoreError, match=r"cannot be opened .*restore it from a backup") as caught:
        EmbeddedStore(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert "another process" not in str(caught.value)


def test_a_folder_that_cannot_be_one(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(StoreError, match="EVIGRAPH_GRAPH"):
        EmbeddedStore(file)


def test_unusable_vectors_do_not_leave_the_graph_locked(tmp_path: Path) -> None:
    (tmp_path / "vectors.bin").mkdir()
    with pytest.raises(StoreError, match=r"cannot be used .*directory"):
        EmbeddedStore(tmp_path)
    (tmp_path / "vectors.bin").rmdir()
    EmbeddedStore(tmp_path).close()


def test_a_torn_vector_is_dropped(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    world.write(store, HANDBOOK)
    store.close()
    file = tmp_path / "vectors.bin"
    file.write_bytes(file.read_bytes()[:-100])  # the machine stopped while it wrote the last one
    again = EmbeddedStore(tmp_path)
    found = again.search_vectors(unit_vector(HANDBOOK.passages[0].text), 9, None, None).rows
    assert found[0]["id"] == HANDBOOK.passages[0].id
    assert len(found) == 3
    world.write(again, HANDBOOK, replaces=True)  # and what is written next stands where it can be read
    again.close()
    healed = EmbeddedStore(tmp_path)
    assert len(healed.search_vectors(unit_vector("any"), 9, None, None).rows) == 4
    healed.close()


def test_dead_vectors_go_when_closing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_DEAD_VECTORS_KEPT", 3)
    store = EmbeddedStore(tmp_path)
    world.write(store, *WORLD)
    full = (tmp_path / "vectors.bin").stat().st_size
    remove_document(store, HANDBOOK.document.id)  # 4 of 9 passages
    assert len(store.search_vectors(unit_vector("any"), 9, None, None).rows) == 5
    store.close()
    assert (tmp_path / "vectors.bin").stat().st_size == full * 5 // 9
    again = EmbeddedStore(tmp_path)
    assert len(again.search_vectors(unit_vector("any"), 9, None, None).rows) == 5
    again.close()


def test_a_few_dead_vectors_stay(tmp_path: Path) -> None:
    """Rewriting the file at every close would cost more than they do."""
    store = EmbeddedStore(tmp_path)
    world.write(store, *WORLD)
    full = (tmp_path / "vectors.bin").stat().st_size
    remove_document(store, HANDBOOK.document.id)
    store.close()
    assert (tmp_path / "vectors.bin").stat().st_size == full


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """600 hidden passages that fit a question better than the 5 visible ones."""
    store = EmbeddedStore(tmp_path_factory.mktemp("crowded"))
    question = unit_vector("question")
    for access, count, words in (("hr", 600, "leave leave leave"), ("everyone", 5, "leave of absence for parents")):
        said = [Said("", f"{words} {access}{number}") for number in range(count)]
        graph = document(access, [access], said)
        nearness = 9.0 if access == "hr" else 0.1
        vectors = {}
        for passage in graph.passages:
            vector = nearness * question + unit_vector(passage.text)
            vectors[passage.id] = (vector / np.linalg.norm(vector)).astype(np.float32)
        write_document(store, graph, vectors, replaces=False)
    yield store
    store.close()


Search = Callable[[EmbeddedStore, list[str] | None, int], list[str]]


def by_words(store: EmbeddedStore, groups: list[str] | None, k: int) -> list[str]:
    return documents_of(store, store.search_text("search_passages", term_text("leave"), k, groups, None).rows)


def by_vector(store: EmbeddedStore, groups: list[str] | None, k: int) -> list[str]:
    return documents_of(store, store.search_vectors(unit_vector("question"), k, groups, None).rows)


def documents_of(store: EmbeddedStore, found: list[Row]) -> list[str]:
    rows = store.run("passages_by_id", passage_ids=[row["id"] for row in found], groups=None, as_of=None).rows
    documents = {row["id"]: row["document_id"] for row in rows}
    return [documents[row["id"]] for row in found]


@pytest.mark.parametrize("search", [by_words, by_vector])
def test_the_best_hits_may_all_be_hidden(crowded: EmbeddedStore, search: Search) -> None:
    assert search(crowded, None, 500) == [world.d("hr")] * 500
    assert search(crowded, ["everyone"], 4) == [world.d("everyone")] * 4
    assert search(crowded, ["everyone"], 50) == [world.d("everyone")] * 5
    assert search(crowded, [], 4) == []


def test_common_terms_of_a_long_question_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a question costs no more on a large graph; the trace has the query as it ran."""
    store = EmbeddedStore(tmp_path)
    said = [Said("", f"The yearly report of thing{number}") for number in range(20)]
    world.write(store, document("reports", ["everyone"], said))

    def asked(query: str) -> tuple[str, int]:
        result = store.search_text("search_passages", query, 50, None, None)
        return result.parameters["query"], len(result.rows)

    assert asked("report thing7 year report") == ("report thing7 year report", 20)
    monkeypatch.setattr("kg.embedded._SCORED", 25)
    assert asked("report thing7 year report") == ("report thing7 report", 20)
    monkeypatch.setattr("kg.embedded._SCORED", 5)
    assert asked("report thing7 year report") == ("thing7", 1)
    assert asked("report year") == ("report", 20)  # the rarest one always, of equals the first by the alphabet
    assert asked("unheard report") == ("unheard report", 20)  # what is nowhere costs nothing
    world.write(store, document("more", ["everyone"], [Said("", "thing7 " * 3 + str(n)) for n in range(30)]))
    assert asked("report thing7") == ("report", 20)  # what was counted before the write no longer counts
    store.close()


def test_a_failed_write_leaves_no_vector_to_find(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    broken = replace(HANDBOOK, document=replace(HANDBOOK.document, media_type=object()))  # type: ignore[arg-type]
    with pytest.raises(StoreError):
        world.write(store, broken)
    assert store.search_vectors(unit_vector("any"), 9, None, None).rows == []
    world.write(store, HANDBOOK)
    assert len(store.search_vectors(unit_vector("any"), 9, None, None).rows) == 4
    store.close()
