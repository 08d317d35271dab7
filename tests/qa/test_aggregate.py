"""Questions that no single fact answers, on tables whose right answers can be read off."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from extraction.ingest import IngestOptions, new_run, prepare
from extraction.sources import Source
from kg.embedded import EmbeddedStore
from kg.ontology import Ontology
from kg.writer import write_document
from qa.answer import Answer
from qa.ask import AskOptions, ask

DOCUMENTS = {
    "systems.csv": "system,owner,retention period\nAtlas,Maria Lindberg,30 days\nBorealis,Maria Lindberg,6 months\n"
    "Vega,Oskar Frey,72 hours\nSirius,,30 days\n",
    "incidents.csv": "incident,affected system\nINC-1,Atlas\nINC-2,Atlas\nINC-3,Vega\n",
    "risks.csv": "risk,owner,score\nRSK-01,Maria Lindberg,9\nRSK-02,Oskar Frey,16\nRSK-03,Maria Lindberg,4\n",
    "chart.md": "# Chart\n\nMaria Lindberg reports to Ines Moreau. Oskar Frey reports to Bo Lund.\n",
    "hosts.csv": "system,hosting supplier,valid_from,valid_to\nAtlas,Sund AB,2020-01-01,2023-12-31\n"
    "Atlas,Nordwind AB,2024-01-01,\n",
    "terms.csv": "supplier,notice period\nSund AB,3 months\nNordwind AB,30 days\n",
}
SECRET = "supplier,notice period\nBrightfjord Software ApS,5 years\n"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    opened = EmbeddedStore(Path(tmp_path_factory.mktemp("tables")) / "graph")
    for name, text, access in [*((*item, "everyone") for item in DOCUMENTS.items()), ("secret.csv", SECRET, "board")]:
        options = IngestOptions(access=(access,), extractor="rules")
        item = prepare(Source(f"upload:{name}", name, data=text.encode()), 1, options, new_run(options))
        write_document(opened, item.graph, item.vectors, replaces=False)
    yield opened
    opened.close()


def _ask(store: EmbeddedStore, ontology: Ontology, question: str, groups: list[str] | None = None) -> Answer:
    return ask(question, store, AskOptions(ontology, groups=groups or ["everyone"], tier="none"))


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("What is the longest notice period?", "Sund AB has the notice period 3 months, the longest of 2 found [1]."),
        (
            "What is the shortest notice period?",
            "Nordwind AB has the notice period 30 days, the shortest of 2 found [1].",
        ),
        ("Which system has the longest retention?", "Borealis is retained for 6 months, the longest of 4 found [1]."),
        ("Which system has the most incidents?", "Atlas: 2, INC-1 and INC-2 [1][2]."),
        ("Who owns the most systems?", "Maria Lindberg: 2, Atlas and Borealis [1][2]."),
        ("Which of Atlas and Borealis has the longer retention period?", "Longer: Borealis [1][2]."),
        ("Is the retention period of Atlas or of Vega shorter?", "Shorter: Vega [1][2]."),
        ("Is the retention period of Vega longer than that of Atlas?", "No. Longer: Atlas [1][2]."),
        ("Is the retention period of Borealis longer than that of Atlas?", "Yes. Longer: Borealis [1][2]."),
        ("Is the retention period of Atlas longer than that of Sirius?", "No. Equal: Atlas and Sirius [1][2]."),
        ("Do Atlas and Borealis have the same owner?", "Yes, the same: Maria Lindberg [1][2]."),
        ("Do Atlas and Vega have the same owner?", "No, not the same [1][2]."),
        ("Which systems have no owner?", "No document says “owns” of Sirius [1]."),
        ("How many systems have no owner?", "There is 1. No document says “owns” of Sirius [1]."),
        ("How has the host of Atlas changed?", "Atlas is hosted by Sund AB (from 2020-01-01 to 2023-12-31) [1]."),
        ("Is Atlas owned by Maria Lindberg?", "Yes: Maria Lindberg owns Atlas [1]."),
    ],
)
def test_the_first_line_answers(question: str, first: str, store: EmbeddedStore, ontology: Ontology) -> None:
    answer = _ask(store, ontology, question)
    assert answer.answer.splitlines()[0] == first
    assert answer.citations


def test_more_is_asked_of_what_a_superlative_finds(store: EmbeddedStore, ontology: Ontology) -> None:
    answer = _ask(store, ontology, "Who does the owner of the highest-scored risk report to?")
    facts = {(fact.subject, fact.predicate, fact.object) for fact in answer.facts}
    assert {("RSK-02", "HAS_SCORE", "16"), ("Oskar Frey", "OWNS", "RSK-02")} <= facts
    assert ("Oskar Frey", "REPORTS_TO", "Bo Lund") in facts
    assert not any("Moreau" in fact.object for fact in answer.facts)


def test_a_hidden_value_is_not_ranked(store: EmbeddedStore, ontology: Ontology) -> None:
    question = "What is the longest notice period?"
    assert "of 3 found" in _ask(store, ontology, question, ["everyone", "board"]).answer
    assert "Brightfjord" not in _ask(store, ontology, question).model_dump_json()


@pytest.mark.parametrize(
    "question",
    [
        "Which system has the highest fee?",
        "Which contracts have no owner?",
        "Do Atlas and Vega have the same salary?",
        "Which of Atlas and Sirius has the older owner?",
        "How has the salary of Atlas changed?",
    ],
)
def test_nothing_is_stated_without_facts(question: str, store: EmbeddedStore, ontology: Ontology) -> None:
    answer = _ask(store, ontology, question).answer
    assert not any(said in answer for said in ("Yes", "No,", "has the older", "found [", "No document says"))
