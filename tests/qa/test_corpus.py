"""The corpus' version follows every change that a caller can see, and is read no more often than that."""

from pathlib import Path

import pytest

from extraction.ingest import IngestOptions, ingest
from extraction.report import IngestReport
from extraction.sources import Source
from kg.embedded import EmbeddedStore
from kg.store import GraphStore
from kg.writer import remove_document
from qa.corpus import corpus_version


def put(store: GraphStore, name: str, text: str, *access: str) -> None:
    source = Source(f"corpus:{name}.md", f"{name}.md", data=text.encode())
    ingest(store, [source], IngestOptions(access=access), IngestReport(), lambda done, total, name: None)


def test_it_follows_what_the_caller_sees(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    assert corpus_version(store, None, None).startswith("0 documents@")
    put(store, "open", "Atlas is owned by Anna Holm.", "everyone")
    whole, everyone = corpus_version(store, None, None), corpus_version(store, ["everyone"], None)
    assert whole == everyone and whole.startswith("1 documents@")
    put(store, "hidden", "Vega is owned by Bo Lund.", "board")
    assert corpus_version(store, ["everyone"], None) == everyone  # as if nothing had happened
    assert corpus_version(store, None, None) != whole
    put(store, "open", "Atlas is owned by Bo Lund.", "everyone")
    assert corpus_version(store, ["everyone"], None) != everyone
    remove_document(store, next(row["id"] for row in store.run("corpus_state", groups=["board"], as_of=None).rows))
    assert corpus_version(store, ["board"], None).startswith("0 documents@")
    store.close()


def test_it_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = EmbeddedStore(tmp_path)
    put(store, "open", "Atlas is owned by Anna Holm.", "everyone")
    asked: list[str] = []
    run = store.run

    def counted(name: str, /, **parameters: object):
        asked.append(name)
        return run(name, **parameters)

    monkeypatch.setattr(store, "run", counted)
    first = [corpus_version(store, groups, None) for groups in (None, ["a", "b"], ["b", "a"], None)]
    assert asked == ["corpus_state"] * 2
    assert first[1] == first[2]
    store.close()
