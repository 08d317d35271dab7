"""The large model, by the real client over real HTTP; only who answers is a stand-in."""

from collections.abc import Iterator

import pytest
from openai_stand_in import StandIn, stand_in

from kg.ontology import Ontology
from kg.store import GraphStore
from qa.answer import Answer
from qa.ask import AskOptions, ask
from qa.generate import ModelSettings

QUESTION = "Who heads the crisis team?"


@pytest.fixture
def model() -> Iterator[StandIn]:
    with stand_in() as server:
        yield server


def _ask(store: GraphStore, ontology: Ontology, model: StandIn, timeout: float = 5.0) -> Answer:
    settings = ModelSettings("stand-in", "secret-key", model.url, timeout)
    return ask(QUESTION, store, AskOptions(ontology, model=settings))


def test_a_cited_answer_is_taken_with_only_what_it_cites(
    embedded_sample: GraphStore, ontology: Ontology, model: StandIn
) -> None:
    model.reply = "Ingrid leads it [2]. She is the chief executive [1]."
    answer = _ask(embedded_sample, ontology, model)
    assert answer.trace.route.tier == "large"
    assert answer.answer == model.reply
    assert [citation.n for citation in answer.citations] == [2, 1]
    assert answer.trace.usage.prompt_tokens == 120
    assert answer.trace.versions.prompt.startswith("answer@")


def test_the_model_sees_the_evidence_and_the_rules(
    embedded_sample: GraphStore, ontology: Ontology, model: StandIn
) -> None:
    model.reply = "Somebody [1]."
    answer = _ask(embedded_sample, ontology, model)
    rules, asked = (message["content"] for message in model.requests[0]["messages"])  # type: ignore[attr-defined]
    assert "nothing else" in rules
    assert QUESTION in asked
    assert answer.citations[0].quote in asked


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("It is Ingrid Solheim.", "cites nothing"),
        ("It is Ingrid Solheim [99].", "no such evidence"),
        ("It is so [1]. And this is uncited.", "cites nothing"),
        ("NO ANSWER", "found no answer"),
        ("", "empty"),
    ],
)
def test_an_answer_whose_citations_do_not_resolve_falls_back(
    embedded_sample: GraphStore, ontology: Ontology, model: StandIn, reply: str, outcome: str
) -> None:
    model.reply = reply
    answer = _ask(embedded_sample, ontology, model)
    plain = ask(QUESTION, embedded_sample, AskOptions(ontology, tier="none"))
    assert answer.trace.route.tier == "none"
    assert outcome in answer.trace.route.attempts[0].outcome
    assert (answer.answer, answer.citations) == (plain.answer, plain.citations)


def test_a_failing_or_slow_model_falls_back(embedded_sample: GraphStore, ontology: Ontology, model: StandIn) -> None:
    model.status = 500
    assert _ask(embedded_sample, ontology, model).trace.route.attempts[0].outcome.startswith("failed")
    model.status, model.delay, model.reply = 200, 3.0, "Late [1]."
    answer = _ask(embedded_sample, ontology, model, timeout=0.5)
    assert answer.status == "answered"
    assert answer.trace.route.attempts[0].outcome.startswith("failed")


def test_nothing_is_sent_when_no_model_may_answer(
    embedded_sample: GraphStore, ontology: Ontology, model: StandIn
) -> None:
    settings = ModelSettings("stand-in", "secret-key", model.url)
    ask(QUESTION, embedded_sample, AskOptions(ontology, tier="none", model=settings))
    ask("What salary does Ingrid Solheim receive?", embedded_sample, AskOptions(ontology, model=settings))
    assert model.requests == []
