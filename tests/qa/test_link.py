"""Names of a question found in a small graph: as written, in short, misspelt, ambiguous, and those that are none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from extraction.ingest import IngestOptions, new_run, prepare
from extraction.sources import Source
from kg.embedded import EmbeddedStore
from kg.ontology import Ontology
from kg.writer import write_document
from qa.ask import AskOptions, ask
from qa.link import Link, link
from qa.question import understand
from qa.recorder import Recorder

PEOPLE = (
    "system,owner,hosting supplier\n"
    "Lantern CRM,Maria Lindberg,Brightfjord Software ApS\n"
    "Vaultline,Oskar Lindberg,Nordwind Hosting AB\n"
    "Gatekeep,Ines Moreau,Sund Data AB\n"
)
CONTROLS = "control,owner\nAC-07,Ines Moreau\nAC-08,Maria Lindberg\n"
SECRET = "# Plan\n\nHarbourlight ERP is owned by Ines Moreau.\n"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    opened = EmbeddedStore(Path(tmp_path_factory.mktemp("names")) / "graph")
    for name, text, access in (
        ("systems.csv", PEOPLE, "everyone"),
        ("controls.csv", CONTROLS, "everyone"),
        ("plan.md", SECRET, "board"),
    ):
        options = IngestOptions(access=(access,), extractor="rules")
        item = prepare(Source(f"upload:{name}", name, data=text.encode()), 1, options, new_run(options))
        write_document(opened, item.graph, item.vectors, replaces=False)
    yield opened
    opened.close()


def _links(store: EmbeddedStore, ontology: Ontology, text: str, groups: list[str] | None = None) -> list[Link]:
    return link(understand(text, ontology), Recorder(store, groups), ontology)


@pytest.mark.parametrize(
    ("question", "how", "names"),
    [
        ("Who owns Lantern CRM?", "name", {"Lantern CRM"}),
        ("What does Moreau own?", "short name", {"Ines Moreau"}),
        ("Who works with Brightfjord Software?", "short name", {"Brightfjord Software ApS"}),
        ("Who owns Lantrn CRM?", "spelling", {"Lantern CRM"}),
        ("Who owns Lantern CMR?", "spelling", {"Lantern CRM"}),
        ("Who owns Vautline?", "spelling", {"Vaultline"}),
        ("Who owns Vaultlines?", "spelling", {"Vaultline"}),
        ("Who works with Brightfjrd?", "spelling", {"Brightfjord Software ApS"}),
        ("What does Ines Morau own?", "spelling", {"Ines Moreau"}),
        ("Who owns AC-07?", "name", {"AC-07"}),
        ("What does Lindberg own?", "short name", {"Maria Lindberg", "Oskar Lindberg"}),
    ],
)
def test_who_is_meant(question: str, how: str, names: set[str], store: EmbeddedStore, ontology: Ontology) -> None:
    (found,) = _links(store, ontology, question)
    assert found.how == how
    assert {entity["name"] for entity in found.entities} == names
    assert all(0 < entity["score"] <= 1 for entity in found.entities)


@pytest.mark.parametrize(
    "question",
    [
        "Who owns AC-09?",  # a figure more or less is another control
        "Who owns AC-77?",
        "Who owns Starboard?",
        "Who owns the owner of owners?",
        "Who owns Gate?",
        "Which supplier hosts it?",
    ],
)
def test_what_names_nothing_links_to_nothing(question: str, store: EmbeddedStore, ontology: Ontology) -> None:
    assert _links(store, ontology, question) == []


def test_two_names_joined_are_two(store: EmbeddedStore, ontology: Ontology) -> None:
    found = _links(store, ontology, "Do Vaultline and Gatekeep have the same owner?")
    assert [item.text for item in found] == ["Vaultline", "Gatekeep"]


@pytest.mark.parametrize("typed", ["Harbourlight ERP", "Harbourlihgt ERP"])
def test_a_hidden_name_is_found_by_nobody_who_may_not_see_it(
    typed: str, store: EmbeddedStore, ontology: Ontology
) -> None:
    assert _links(store, ontology, f"Who owns {typed}?", ["board"])
    recorder = Recorder(store, ["everyone"])
    assert link(understand(f"Who owns {typed}?", ontology), recorder, ontology) == []
    assert not any("Harbourlight" in str(query.rows) for query in recorder.queries)


def test_an_ambiguous_name_is_reported_and_said(store: EmbeddedStore, ontology: Ontology) -> None:
    answer = ask("What does Lindberg own?", store, AskOptions(ontology, tier="none"))
    (ambiguity,) = answer.trace.plan.ambiguous
    assert ambiguity.text == "Lindberg"
    assert {item.name for item in ambiguity.candidates} == {"Maria Lindberg", "Oskar Lindberg"}
    assert answer.answer.startswith("(“Lindberg” may be ")
    assert ask("Who owns Vaultline?", store, AskOptions(ontology, tier="none")).trace.plan.ambiguous == []
