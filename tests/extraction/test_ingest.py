"""Files into the graph: what is written, left alone, replaced and refused."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extraction import ingest as ingesting
from extraction.choose import make_extractor
from extraction.document import UnreadableDocument
from extraction.ingest import IngestOptions, ingest, new_run
from extraction.report import IngestReport
from extraction.sources import Source, find_sources
from kg.embedded import EmbeddedStore
from kg.embedding import Embedder
from kg.model import document_id
from kg.store import Row

ATLAS = "# Atlas CRM\n\nOwner: Anna Holm\n\nThe Atlas CRM is hosted by Nordwind AB.\n"
VEGA = "system,owner\nVega ERP,Bo Lund\n"
OPTIONS = IngestOptions()
Call = tuple[int, int, str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two good documents."""
    place = tmp_path / "docs"
    place.mkdir()
    (place / "atlas.md").write_text(ATLAS)
    (place / "vega.csv").write_text(VEGA)
    return place


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Callable[[str], EmbeddedStore]]:
    opened: list[EmbeddedStore] = []

    def make(name: str) -> EmbeddedStore:
        opened.append(EmbeddedStore(tmp_path / name))
        return opened[-1]

    yield make
    for item in opened:
        item.close()


@pytest.fixture
def store(stores: Callable[[str], EmbeddedStore]) -> EmbeddedStore:
    return stores("graph")


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many texts each call of the embedder got."""
    calls: list[int] = []
    embed = Embedder.embed

    def counted(self: Embedder, texts: Any) -> Any:
        calls.append(len(texts))
        return embed(self, texts)

    monkeypatch.setattr(Embedder, "embed", counted)
    return calls


def run(
    store: EmbeddedStore, place: Path, options: IngestOptions = OPTIONS, calls: list[Call] | None = None
) -> IngestReport:
    report = IngestReport()
    sources = find_sources([place], report)
    return ingest(store, sources, options, report, lambda *call: calls.append(call) if calls is not None else None)


def rows_of(store: EmbeddedStore, name: str, **parameters: Any) -> list[Row]:
    return store.run(name, **parameters).rows


def held(store: EmbeddedStore) -> list[Row]:
    """The documents, but for when they were taken in."""
    rows = rows_of(store, "documents", limit=100, groups=None)
    return [{key: value for key, value in row.items() if key != "ingested_at"} for row in rows]


def everything(store: EmbeddedStore) -> dict[str, list[list[Row]]]:
    """All that the graph holds of each document."""
    queries = ("passages_of_document", "mentions_of_document", "facts_of_document")
    ids = [row["id"] for row in held(store)]
    found = {
        name: [rows_of(store, name, document_id=item, groups=None, as_of=None) for item in ids] for name in queries
    }
    fact_ids = [row["id"] for rows in found["facts_of_document"] for row in rows]
    return found | {
        "documents": [held(store)],
        "evidence": [rows_of(store, "evidence_of_facts", fact_ids=fact_ids, groups=None, as_of=None)],
    }


def facts(store: EmbeddedStore, path: Path) -> set[tuple[str, str, str]]:
    rows = rows_of(
        store, "facts_of_document", document_id=document_id("default", path.as_uri()), groups=None, as_of=None
    )
    return {(row["subject"], row["predicate"], row["object"]) for row in rows}


def state(store: EmbeddedStore, path: Path) -> Row:
    (row,) = rows_of(store, "document_state", document_id=document_id("default", path.as_uri()))
    return row


def test_documents_are_added(store: EmbeddedStore, folder: Path) -> None:
    calls: list[Call] = []
    report = run(store, folder, calls=calls)
    assert report.added == [(folder / name).as_uri() for name in ("atlas.md", "vega.csv")]
    assert (report.changed, report.unchanged, report.refused, report.skipped) == ([], [], {}, [])
    assert not report.in_part
    assert calls == [(1, 2, "atlas.md"), (2, 2, "vega.csv")]
    assert facts(store, folder / "atlas.md") == {
        ("Anna Holm", "OWNS", "Atlas CRM"),
        ("Atlas CRM", "HOSTED_BY", "Nordwind AB"),
    }
    assert facts(store, folder / "vega.csv") == {("Bo Lund", "OWNS", "Vega ERP")}
    assert report.counts["passages"] == 2 and report.counts["facts"] == 3
    assert set(report.seconds) == {"load", "split", "extract", "constrain", "resolve", "embed", "write", "merge"}


def test_what_has_not_changed_is_not_prepared_again(store: EmbeddedStore, folder: Path, embedded: list[int]) -> None:
    run(store, folder)
    assert sum(embedded) == 2
    embedded.clear()
    before = everything(store)
    calls: list[Call] = []
    report = run(store, folder, calls=calls)
    assert embedded == []
    assert len(report.unchanged) == 2 and report.added == report.changed == []
    assert calls == [(1, 2, "atlas.md"), (2, 2, "vega.csv")]
    assert everything(store) == before


def test_nothing_to_do_starts_no_process(store: EmbeddedStore, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(store, folder)
    monkeypatch.setattr(ProcessPoolExecutor, "submit", lambda *_: pytest.fail("a process was asked"))
    assert len(run(store, folder, IngestOptions(workers=2)).unchanged) == 2


def test_a_changed_document_replaces_its_former_version(store: EmbeddedStore, folder: Path) -> None:
    run(store, folder)
    atlas = folder / "atlas.md"
    atlas.write_text(ATLAS.replace("Nordwind AB", "Polarkeep Oy"))
    report = run(store, folder)
    assert (report.changed, report.unchanged) == ([atlas.as_uri()], [(folder / "vega.csv").as_uri()])
    assert state(store, atlas)["version"] == 2
    assert facts(store, atlas) == {("Anna Holm", "OWNS", "Atlas CRM"), ("Atlas CRM", "HOSTED_BY", "Polarkeep Oy")}


def test_a_change_of_access_writes_anew(store: EmbeddedStore, folder: Path) -> None:
    run(store, folder)
    report = run(store, folder, IngestOptions(access=("legal", "hr")))
    assert len(report.changed) == 2
    assert sorted(state(store, folder / "atlas.md")["access"]) == ["hr", "legal"]
    assert len(run(store, folder, IngestOptions(access=("hr", "legal"))).unchanged) == 2  # in whatever order


def test_another_extractor_reads_anew(store: EmbeddedStore, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(store, folder)
    monkeypatch.setattr("extraction.rules.RULES_VERSION", "next")
    assert len(run(store, folder).changed) == 2
    assert "local next+" in state(store, folder / "atlas.md")["extractor"]
    assert len(run(store, folder).unchanged) == 2


def test_two_corpora_hold_a_file_each(store: EmbeddedStore, folder: Path) -> None:
    run(store, folder)
    assert len(run(store, folder, IngestOptions(corpus="other")).added) == 2
    assert sorted(row["corpus"] for row in held(store)) == ["default", "default", "other", "other"]


BROKEN = {
    "b.pdf": b"%PDF-1.4 broken",
    "c.md": b"",
    "d.docx": b"PK no zip",
    "e.json": b"{",
    "f.csv": b'a,b\n"x' + b"y" * 200_000,
}


def test_broken_documents_among_good_ones_lose_nothing(store: EmbeddedStore, folder: Path) -> None:
    for name, data in BROKEN.items():
        (folder / name).write_bytes(data)
    calls: list[Call] = []
    report = run(store, folder, calls=calls)
    assert [Path(uri).name for uri in report.added] == ["atlas.md", "vega.csv"]
    assert {Path(uri).name for uri in report.refused} == set(BROKEN)
    for uri, sentence in report.refused.items():
        assert sentence.startswith(Path(uri).name) and sentence.endswith(".")
    assert report.in_part
    assert [done for done, _, _ in calls] == list(range(1, 8))
    assert len(held(store)) == 2


def test_a_document_that_breaks_later_is_refused_and_still_held(store: EmbeddedStore, folder: Path) -> None:
    run(store, folder)
    before = everything(store)
    (folder / "atlas.md").write_bytes(b"")
    report = run(store, folder)
    assert list(report.refused) == [(folder / "atlas.md").as_uri()]
    assert everything(store) == before
    (folder / "atlas.md").unlink()
    gone = [Source((folder / "atlas.md").as_uri(), "atlas.md", folder / "atlas.md")]
    report = ingest(store, gone, OPTIONS, IngestReport(), lambda *_: None)
    assert "atlas.md cannot be read" in report.refused[gone[0].uri]


def test_a_big_file_is_refused_and_not_read(store: EmbeddedStore, folder: Path) -> None:
    report = run(store, folder, IngestOptions(max_bytes=40))
    assert "more than the limit of 40 bytes" in report.refused[(folder / "atlas.md").as_uri()]
    run(store, folder)
    assert (folder / "atlas.md").as_uri() in run(store, folder, IngestOptions(max_bytes=40)).refused


def test_left_out_records_are_reported(store: EmbeddedStore, tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text('{"system": "Atlas CRM", "owner": "Anna Holm"}\n{"broken"\n')
    report = run(store, tmp_path / "log.jsonl")
    assert report.left_out == 1 and report.in_part
    assert report.warnings == {report.added[0]: ["line 2 is not valid JSON and was left out"]}


def test_uploaded_bytes_are_a_source(store: EmbeddedStore, embedded: list[int]) -> None:
    source = Source("upload:atlas.md", "atlas.md", data=ATLAS.encode())
    for expected in ("added", "unchanged"):
        report = ingest(store, [source], OPTIONS, IngestReport(), lambda *_: None)
        assert getattr(report, expected) == [source.uri]
    assert embedded == [1]
    (row,) = held(store)
    assert (row["uri"], row["title"], row["media_type"]) == ("upload:atlas.md", "Atlas CRM", "text/markdown")


def test_workers_give_the_same_graph(stores: Callable[[str], EmbeddedStore], folder: Path) -> None:
    (folder / "b.pdf").write_bytes(BROKEN["b.pdf"])
    first, second = (
        Source("up:a.md", "a.md", data=ATLAS.encode()),
        Source("up:a.md", "a.md", data=b"Bo Lund owns Vega ERP."),
    )
    made = []
    for workers in (1, 2):
        store, report = stores(f"graph{workers}"), IngestReport()
        calls: list[Call] = []
        sources = [*find_sources([folder], report), first, second]  # one document twice: the later stays
        ingest(store, sources, IngestOptions(workers=workers), report, lambda *call, to=calls: to.append(call))
        made.append((everything(store), calls, report.added, report.changed, report.refused))
    assert made[0] == made[1]
    assert made[0][3] == ["up:a.md"]


def test_a_runs_identity_names_what_made_it() -> None:
    made = new_run(OPTIONS)
    assert made.extractor == "local"
    assert "evigraph_local" in made.model_version
    assert "all-MiniLM-L6-v2-int8@" in made.model_version
    assert made.ontology_version.startswith("compliance")
    assert new_run(replace(OPTIONS, corpus="other")).model_version == made.model_version


@pytest.mark.parametrize("name", ["magic", "spacy", "spacy:", "spacy:no_such_pipeline", ""])
def test_an_unknown_extractor_is_one_sentence(name: str) -> None:
    with pytest.raises(
        ValueError, match=r"^There is no extractor .*\.$|^The spaCy pipeline .* is not installed; .*\.$"
    ):
        make_extractor(name, None)


def test_an_unreadable_document_is_raised_when_prepared_alone() -> None:
    source = Source("up:a.xyz", "a.xyz", data=b"x")
    with pytest.raises(UnreadableDocument, match=r"suffix \.xyz"):
        ingesting.prepare(source, 1, OPTIONS, new_run(OPTIONS))
