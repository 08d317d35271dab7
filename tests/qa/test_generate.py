"""The large model, by the real client over real HTTP; only who answers is a stand-in."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openai_stand_in import Reply, StandIn, ToolCall, rate_limited, stand_in, tool_loop
from qa_models import large_at, models_of, small_at

from extraction.ingest import IngestOptions, ingest
from extraction.report import IngestReport
from extraction.sources import Source
from kg.embedded import EmbeddedStore
from kg.ontology import Ontology
from kg.store import GraphStore
from qa.answer import Answer
from qa.ask import AskOptions, ask
from qa.budget import Ledger, Purse
from qa.models.client import client_of, start
from qa.models.complete import Completion, Listener, NotCleared, Prompt, Task, _call
from qa.routing.policy import Rule, load_policy
from qa.tools import MOST_CALLS

QUESTION = "Who heads the crisis team?"


@pytest.fixture
def model() -> Iterator[StandIn]:
    with stand_in() as server:
        yield server


def _ask(store: GraphStore, ontology: Ontology, model: StandIn, **changes: Any) -> Answer:
    return ask(QUESTION, store, AskOptions(ontology, tier="large", models=models_of(large_at(model.url, **changes))))


def test_a_cited_answer_is_taken_with_only_what_it_cites(
    embedded_sample: GraphStore, ontology: Ontology, model: StandIn
) -> None:
    model.reply = "Marjatta Lehtinen leads the crisis team [2]. She is the Chief Operating Officer [1]."
    answer = _ask(embedded_sample, ontology, model)
    assert answer.trace.route.tier == "large"
    assert answer.answer == model.reply
    assert answer.groundedness == 1.0
    assert [citation.n for citation in answer.citations] == [2, 1]
    assert answer.trace.usage.prompt_tokens > 100
    assert answer.trace.usage.cost_usd > 0
    assert [attempt.outcome for attempt in answer.trace.route.attempts] == ["answered"]
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
        ("It is Marjatta Lehtinen [99].", "no evidence [99]"),
        ("It is Ingrid Solheim [1].", "Ingrid Solheim"),
        ("Marjatta Lehtinen has led it since 2019 [1].", "2019"),
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
    answer = _ask(embedded_sample, ontology, model, timeout=0.5, name="slow")
    assert answer.status == "answered"
    assert answer.trace.route.attempts[0].outcome.startswith("failed")


def test_nothing_is_sent_when_no_model_may_answer(
    embedded_sample: GraphStore, ontology: Ontology, model: StandIn
) -> None:
    models = models_of(large_at(model.url))
    ask(QUESTION, embedded_sample, AskOptions(ontology, tier="none", models=models))
    ask("What salary does Ingrid Solheim receive?", embedded_sample, AskOptions(ontology, tier="large", models=models))
    assert model.requests == []


RIGHT = "The crisis team is led by Marjatta Lehtinen [1]."


def test_what_the_evidence_does_not_support_is_removed_and_told(
    embedded_sample: GraphStore, ontology: Ontology, model: StandIn
) -> None:
    model.reply = f"{RIGHT} She was appointed by Ingrid Solheim in 2017 [1]."
    answer = _ask(embedded_sample, ontology, model)
    assert answer.answer == RIGHT
    assert len(answer.trace.route.removed) == 1 and "2017" in answer.trace.route.removed[0]
    assert 0.3 < answer.groundedness < 1


@pytest.mark.parametrize(
    ("unsupported", "tier", "status"), [("escalate", "large", "answered"), ("abstain", "none", "abstained")]
)
def test_by_policy_the_next_model_is_asked_or_nothing_answered(
    embedded_sample: GraphStore, ontology: Ontology, model: StandIn, unsupported: str, tier: str, status: str
) -> None:
    policy = replace(load_policy(), unsupported=unsupported)  # type: ignore[arg-type]
    wrong = f"{RIGHT} She was appointed in 2017 [1]."
    model.script = [wrong, RIGHT if unsupported == "escalate" else wrong]
    models = models_of(small_at(model.url), large_at(model.url))
    rules = (Rule("test", (), "small"),)
    options = AskOptions(ontology, models=models, policy=replace(policy, rules=rules))
    answer = ask(QUESTION, embedded_sample, options)
    assert (answer.trace.route.tier, answer.status) == (tier, status)
    outcomes = [item.outcome.split(":")[0] for item in answer.trace.route.attempts]
    assert outcomes == ["refused", "answered" if unsupported == "escalate" else "refused"]
    assert (answer.answer == RIGHT) == (status == "answered")


def test_a_retry_after_is_waited_for_and_a_slow_call_is_hedged(
    embedded_sample: GraphStore, ontology: Ontology, model: StandIn
) -> None:
    model.script = [rate_limited(0.2), RIGHT]
    answer = _ask(embedded_sample, ontology, model, retries=1, name="limited")
    assert [item.outcome for item in answer.trace.route.attempts] == ["failed: HTTP 429", "answered"]
    model.script = [Reply(RIGHT, delay=4.0), RIGHT]
    started = time.monotonic()
    answer = _ask(embedded_sample, ontology, model, hedge_after=0.2, name="hedged")
    assert answer.answer == RIGHT
    assert time.monotonic() - started < 3.0


def test_restricted_evidence_does_not_reach_a_model_that_may_not_see_it(
    tmp_path: Path, ontology: Ontology, model: StandIn
) -> None:
    store = EmbeddedStore(tmp_path)
    source = Source("corpus:plan.md", "plan.md", data=b"# Plan\n\nThe crisis team is led by Marjatta Lehtinen.")
    ingest(store, [source], IngestOptions(access=("board",)), IngestReport(), lambda done, total, name: None)
    model.reply = "The crisis team is led by Marjatta Lehtinen [1]."
    for groups in (None, ["board"]):
        options = AskOptions(ontology, groups, "large", models_of(large_at(model.url)))
        answer = ask(QUESTION, store, options)
        assert answer.status == "answered"
        assert answer.trace.route.tier == "none"
        assert "may not see" in answer.trace.route.attempts[0].outcome
    assert model.requests == []
    trusted = models_of(large_at(model.url, sees="restricted"))
    assert ask(QUESTION, store, AskOptions(ontology, ["board"], "large", trusted)).trace.route.tier == "large"
    store.close()


def test_the_call_itself_checks_once_more(model: StandIn) -> None:
    """Whoever chose the model: here nobody asked whether it may see the evidence."""
    client = client_of(large_at(model.url, name="unchecked"))
    prompt = Prompt("rules", "secret evidence", "restricted")
    task = Task(lambda spec: prompt, lambda text: text)
    with pytest.raises(NotCleared):
        start(_call(task, prompt, client, Listener(), Completion())).result()
    assert model.requests == []


def test_a_model_looks_things_up_within_bounds(embedded_sample: GraphStore, ontology: Ontology, model: StandIn) -> None:
    looked = "Björn Åkesson takes over the leadership of the team [2]."
    model.script = [
        [ToolCall("search", '{"query": "Korvane outage"}'), ToolCall("path_between", '{"wrong": "argument"}')],
        [ToolCall("facts_about", '{"name": "Marjatta Lehtinen"}')],
        looked,
    ]
    answer = _ask(embedded_sample, ontology, model)
    assert answer.answer == looked
    calls = answer.trace.route.tools
    assert [call.name for call in calls] == ["search", "path_between", "facts_about"]
    assert calls[0].found > 0 and calls[1].found == 0
    told = str(model.requests[1]["messages"])
    assert "Korvane" in told and "not those of the tool" in told
    model.script = [tool_loop("search", '{"query": "more"}')]
    answer = _ask(embedded_sample, ontology, model)
    assert answer.trace.route.tier == "none"
    assert "tools without end" in answer.trace.route.attempts[0].outcome
    assert len(answer.trace.route.tools) <= MOST_CALLS


def test_the_budget_is_asked_before_the_call(
    tmp_path: Path, embedded_sample: GraphStore, ontology: Ontology, model: StandIn
) -> None:
    model.reply = RIGHT
    models = models_of(large_at(model.url))
    poor = Purse(Ledger(tmp_path / "spent.sqlite"), {"user maria": 0.00001})
    answer = ask(QUESTION, embedded_sample, AskOptions(ontology, tier="large", models=models, purse=poor))
    assert (answer.status, answer.trace.route.tier, model.requests) == ("answered", "none", [])
    assert "budget" in answer.trace.route.attempts[0].outcome
    rich = Purse(Ledger(tmp_path / "spent.sqlite"), {"user bo": 1.0})
    answer = ask(QUESTION, embedded_sample, AskOptions(ontology, tier="large", models=models, purse=rich))
    assert answer.trace.route.tier == "large"
    assert 1.0 - rich.left() == pytest.approx(answer.trace.usage.cost_usd)
