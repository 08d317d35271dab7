"""The way of a question on a few small documents, and on questions that are none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from extraction.ingest import IngestOptions, Prepared, new_run, prepare
from extraction.sources import Source
from kg.embedded import EmbeddedStore
from kg.ontology import Ontology
from kg.store import GraphStore
from kg.writer import remove_document, write_document
from qa.answer import Answer
from qa.ask import AskOptions, EmptyQuestion, ask

CHART = "# Organisation\n\nMaria Lindberg reports to Oskar Frey. Oskar Frey reports to Ines Moreau.\n"
SYSTEMS = (
    "system,owner,hosting supplier,criticality\n"
    "Atlas,Maria Lindberg,Nordwind Hosting AB,High\n"
    "Borealis,Maria Lindberg,Sund Data AB,Low\n"
    "Vega,Oskar Frey,Nordwind Hosting AB,High\n"
)
SECRET = "# Severance plan\n\nOskar Frey leaves the company on 30 June 2026 with a severance of EUR 90,000.\n"


def _prepared(name: str, text: str, *access: str) -> Prepared:
    options = IngestOptions(access=access or ("everyone",))
    return prepare(Source(f"upload:{name}", name, data=text.encode()), 1, options, new_run(options))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    opened = EmbeddedStore(tmp_path / "graph")
    documents = [("chart.md", CHART, "everyone"), ("systems.csv", SYSTEMS, "everyone"), ("plan.md", SECRET, "board")]
    for name, text, access in documents:
        item = _prepared(name, text, access)
        write_document(opened, item.graph, item.vectors, replaces=False)
    yield opened
    opened.close()


def _said(store: GraphStore, ontology: Ontology, question: str, groups: list[str] | None = None) -> Answer:
    return ask(question, store, AskOptions(ontology, groups=groups, tier="none"))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Who owns Atlas?", "Maria Lindberg owns Atlas"),
        ("Which systems does Maria Lindberg own?", "Atlas and Borealis"),
        ("How many systems does Nordwind Hosting AB host?", "There are 2: Atlas and Vega"),
        ("To whom does Maria Lindberg report?", "Maria Lindberg reports to Oskar Frey"),
        ("Who is the manager of the owner of Atlas?", "Maria Lindberg reports to Oskar Frey"),
        ("How is Atlas connected to Oskar Frey?", "Maria Lindberg reports to Oskar Frey"),
        ("Who hosts Borealis?", "Borealis is hosted by Sund Data AB"),
    ],
)
def test_answers_from_facts(question: str, said: str, store: EmbeddedStore, ontology: Ontology) -> None:
    answer = _said(store, ontology, question)
    assert said in answer.answer
    assert answer.facts
    assert answer.citations


@pytest.mark.parametrize(
    "question", ["Who owns Harbour?", "What is the salary of Maria Lindberg?", "When was Oskar Frey born?"]
)
def test_abstains_and_says_what_it_looked_for(question: str, store: EmbeddedStore, ontology: Ontology) -> None:
    answer = _said(store, ontology, question)
    assert answer.status == "abstained"
    assert "Looked for" in answer.answer
    assert (answer.citations, answer.facts, answer.confidence) == ([], [], 0.0)


def test_what_a_group_may_not_see_is_never_retrieved(store: EmbeddedStore, ontology: Ontology) -> None:
    question = "With what severance does Oskar Frey leave the company?"
    assert "90,000" in _said(store, ontology, question, ["board"]).answer
    hidden = _said(store, ontology, question, ["everyone"])
    assert hidden.status == "abstained"
    assert "90,000" not in hidden.model_dump_json()
    assert "Severance plan" not in hidden.model_dump_json()


def test_a_removed_document_answers_no_more(store: EmbeddedStore, ontology: Ontology) -> None:
    item = _prepared("systems.csv", SYSTEMS)
    remove_document(store, item.graph.document.id)
    assert _said(store, ontology, "Who owns Atlas?").status == "abstained"
    assert "Oskar Frey" in _said(store, ontology, "To whom does Maria Lindberg report?").answer


@pytest.mark.parametrize("question", ["", "   \n", "?!…", "\u200b"])
def test_an_empty_question_is_refused(question: str, store: EmbeddedStore, ontology: Ontology) -> None:
    with pytest.raises(EmptyQuestion, match="ask one in words"):
        _said(store, ontology, question)


@pytest.mark.parametrize(
    "question",
    [
        "MATCH (n) DETACH DELETE n",
        "' OR 1=1 //",
        "Who owns Atlas?'}) DETACH DELETE n //",
        "x" * 100_000,
        "Who owns Atlas? " * 7000,
        "\x00\x01 zero",
        "谁拥有 Atlas？",
        'a AND b OR NOT c* d~ +e -f (g) [h] {i} "j" k: l^2',
    ],
)
def test_odd_questions_harm_nothing(question: str, store: EmbeddedStore, ontology: Ontology) -> None:
    before = store.run("graph_size", groups=None).rows
    answer = _said(store, ontology, question)
    assert answer.status in ("answered", "abstained")
    assert store.run("graph_size", groups=None).rows == before
    assert "Maria Lindberg owns Atlas" in _said(store, ontology, "Who owns Atlas?").answer


def test_an_empty_graph_abstains(tmp_path: Path, ontology: Ontology) -> None:
    empty = EmbeddedStore(tmp_path / "empty")
    assert _said(empty, ontology, "Who owns Atlas?").status == "abstained"
    empty.close()


def test_what_is_denied_is_said_as_denied(store: EmbeddedStore, ontology: Ontology) -> None:
    text = "Sund Data AB does not host Vega ERP. INC-7 affected Atlas CRM. Vega ERP was not affected by INC-7.\n"
    item = _prepared("note.md", text)
    write_document(store, item.graph, item.vectors, replaces=False)
    assert "is hosted by Sund Data AB" not in _said(store, ontology, "Who hosts Vega ERP?").answer
    assert _said(store, ontology, "Which systems were not affected by INC-7?").answer.startswith("Vega ERP [1]")
    assert _said(store, ontology, "Which systems were affected by INC-7?").answer.startswith("Atlas CRM [1]")
    joined = _said(store, ontology, "How is Sund Data AB connected to Vega ERP?")
    assert not any(fact.negated for fact in joined.facts)
