"""The same question as of two days: facts and documents that held then, and no others."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from extraction.ingest import IngestOptions, new_run, prepare
from extraction.sources import Source
from kg.embedded import EmbeddedStore
from kg.ontology import Ontology
from kg.writer import write_document
from qa.answer import Answer
from qa.ask import AskOptions, ask

NOTES = """# Systems

From 1 January 2022 until 31 December 2024 Atlas is hosted by Sund Hosting AB.

Since 1 January 2025 Atlas is hosted by Nordwind Hosting AB.
"""
OWNERS = "system,owner,valid_from,valid_to\nAtlas,Maria Lindberg,2021-01-01,2023-06-30\nAtlas,Oskar Frey,2023-07-01,\n"
OLD = "# Old rules\n\nVersion 1, valid from May 2020 until April 2024.\n\nPasswords of Atlas must have 8 characters.\n"
NEW = "# Password standard\n\nVersion 2.0, valid from 1 May 2024.\n\nPasswords of Atlas must have 14 characters.\n"
SECRET = "# Board paper\n\nSince 1 July 2026 Atlas is hosted by Brightfjord Hosting AB.\n"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    opened = EmbeddedStore(Path(tmp_path_factory.mktemp("dated")) / "graph")
    documents = {"notes.md": NOTES, "owners.csv": OWNERS, "old.md": OLD, "new.md": NEW, "board.md": SECRET}
    for name, text in documents.items():
        options = IngestOptions(access=("board",) if name == "board.md" else ("everyone",), extractor="rules")
        item = prepare(Source(f"upload:{name}", name, data=text.encode()), 1, options, new_run(options))
        write_document(opened, item.graph, item.vectors, replaces=False)
    yield opened
    opened.close()


def said(
    store: EmbeddedStore,
    ontology: Ontology,
    question: str,
    day: str | None = None,
    groups: tuple[str, ...] | None = None,
) -> Answer:
    as_of = date.fromisoformat(day) if day else None
    return ask(question, store, AskOptions(ontology, groups=groups, tier="none", as_of=as_of))


def triples(answer: Answer) -> set[tuple[str, str, str]]:
    return {(fact.subject, fact.predicate, fact.object) for fact in answer.facts}


@pytest.mark.parametrize(
    ("question", "before", "after"),
    [
        ("Who hosts Atlas?", ("Atlas", "HOSTED_BY", "Sund Hosting AB"), ("Atlas", "HOSTED_BY", "Nordwind Hosting AB")),
        ("Who owns Atlas?", ("Maria Lindberg", "OWNS", "Atlas"), ("Oskar Frey", "OWNS", "Atlas")),
    ],
)
def test_two_days_give_two_answers(
    store: EmbeddedStore, ontology: Ontology, question: str, before: tuple[str, str, str], after: tuple[str, str, str]
) -> None:
    everyone = ("everyone",)
    assert triples(said(store, ontology, question, "2023-03-01", everyone)) == {before}
    assert triples(said(store, ontology, question, "2025-03-01", everyone)) == {after}
    assert triples(said(store, ontology, question, "2019-03-01", everyone)) == set()


def test_the_question_itself_may_name_the_day_and_the_caller_overrules_it(
    store: EmbeddedStore, ontology: Ontology
) -> None:
    sund, nordwind = ("Atlas", "HOSTED_BY", "Sund Hosting AB"), ("Atlas", "HOSTED_BY", "Nordwind Hosting AB")
    assert triples(said(store, ontology, "As of 1 March 2023, who hosts Atlas?")) == {sund}
    assert triples(said(store, ontology, "Who hosts Atlas in 2025?")) == {nordwind}
    assert triples(said(store, ontology, "As of 1 March 2023, who hosts Atlas?", "2025-03-01")) == {nordwind}


def test_documents_speak_while_they_are_in_force(store: EmbeddedStore, ontology: Ontology) -> None:
    question = "How many characters must passwords of Atlas have?"
    cited = {
        day: {item.document.uri for item in said(store, ontology, question, day).citations}
        for day in ("2022-01-01", "2025-01-01")
    }
    assert cited == {"2022-01-01": {"upload:old.md"}, "2025-01-01": {"upload:new.md"}}


def test_when_a_hidden_document_says_that_a_fact_holds_shows_nowhere(store: EmbeddedStore, ontology: Ontology) -> None:
    answer = said(store, ontology, "Who hosts Atlas?", "2027-01-01", ("everyone",))
    assert "2026-07-01" not in answer.model_dump_json()
    assert "Brightfjord" not in answer.model_dump_json()
    board = said(store, ontology, "Who hosts Atlas?", "2027-01-01", ("everyone", "board"))
    assert "2026-07-01" in {fact.valid_from for fact in board.facts}


def test_the_trace_holds_the_day_and_runs_again_with_the_same_rows(store: EmbeddedStore, ontology: Ontology) -> None:
    answer = said(store, ontology, "Who hosts Atlas?", "2025-03-01")
    dated = [query for query in answer.trace.queries if "as_of" in query.parameters]
    assert {query.parameters["as_of"] for query in dated} == {"2025-03-01"}
    for query in dated:
        if query.name.startswith("facts_"):
            assert len(store.run(query.name, **query.parameters).rows) == query.rows
