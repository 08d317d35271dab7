"""A thousand questions to models that fail in every way: each is answered in time, from evidence; none is lost."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import openai_stand_in as faults
import pytest
from openai_stand_in import stand_in
from qa_models import large_at, models_of, small_at

from extraction.ingest import IngestOptions, ingest
from extraction.report import IngestReport
from extraction.sources import Source
from kg.embedded import EmbeddedStore
from kg.ontology import Ontology
from kg.store import GraphStore
from qa.answer import Answer
from qa.ask import AskOptions, ask
from qa.models.breaker import Breaker
from qa.models.client import client_of

pytestmark = pytest.mark.alone

SECONDS, LATE, AT_ONCE, EACH = 1.5, 0.25, 4, 91
TEXT = b"# Register\n\nAnna Holm owns Atlas. Bo Lund owns Vega. Atlas is hosted by Nordwind AB. Vega depends on Atlas."
QUESTIONS = ("Who owns Atlas?", "Who owns Vega?", "Who hosts Atlas?", "What salary does Bo Lund receive?")
RIGHT = "Anna Holm owns Atlas [1]."
SCRIPTS: dict[str, Any] = {
    "rate limit": [faults.rate_limited(0.1)],
    "rate limit for long": [faults.rate_limited(60)],
    "server error": [faults.server_error()],
    "hang": [faults.hanging()],
    "cut stream": [faults.cut_stream()],
    "invalid JSON": [faults.invalid_json()],
    "wrong citations": [faults.wrong_citations()],
    "nonsense": [faults.nonsense()],
    "tool loop": [faults.tool_loop("search", '{"query": "Atlas"}')],
    "huge answer": [faults.huge_answer()],
}


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory, ontology: Ontology) -> Iterator[GraphStore]:
    store = EmbeddedStore(tmp_path_factory.mktemp("register"))
    source = Source("corpus:register.md", "register.md", data=TEXT)
    ingest(store, [source], IngestOptions(), IngestReport(), lambda done, total, name: None)
    with stand_in() as server:  # as a server does when it starts: the imports of a first question take seconds
        server.reply = RIGHT
        options = AskOptions(ontology, tier="large", models=models_of(large_at(server.url)))
        assert ask(QUESTIONS[0], store, options).answer == RIGHT
    yield store
    store.close()


def asked(store: GraphStore, ontology: Ontology, number: int, models: Any, tier: Any = "large") -> tuple[Answer, float]:
    started = time.monotonic()
    options = AskOptions(ontology, tier=tier, models=models, seconds=SECONDS)
    answer = ask(QUESTIONS[number % len(QUESTIONS)], store, options)
    return answer, time.monotonic() - started


@pytest.mark.parametrize("fault", ["connection refused", *SCRIPTS])
def test_every_question_is_answered_in_time(register: GraphStore, ontology: Ontology, fault: str) -> None:
    plain = [asked(register, ontology, number, None, "none")[0] for number in range(len(QUESTIONS))]
    with ExitStack() as stack:
        if fault == "connection refused":
            url = stack.enter_context(faults.refused())
        else:
            server = stack.enter_context(stand_in())
            server.script, url = SCRIPTS[fault], server.url
        models = models_of(large_at(url, retries=1), small_at(url, retries=1))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = list(pool.map(lambda number: asked(register, ontology, number, models), range(EACH)))
    assert len(found) == EACH
    for number, (answer, took) in enumerate(found):
        expected = plain[number % len(QUESTIONS)]
        assert took <= SECONDS + LATE
        assert (answer.status, answer.answer, answer.citations) == (
            expected.status,
            expected.answer,
            expected.citations,
        )
        assert answer.status == "abstained" or answer.trace.route.attempts
    outcomes = Counter(item.outcome for answer, _ in found for item in answer.trace.route.attempts)
    if fault in ("wrong citations", "nonsense"):
        assert all(outcome.startswith("refused") for outcome in outcomes)  # the model works; what it says does not hold
    else:
        assert any("is left alone now" in outcome for outcome in outcomes)
        assert any(outcome.startswith("skipped: it failed often") for outcome in outcomes)


def test_the_breakers_opening_and_closing_shows(register: GraphStore, ontology: Ontology) -> None:
    with stand_in() as server:
        spec = large_at(server.url)
        client_of(spec).breaker = Breaker(3, 0.5)

        def outcome() -> str:
            return asked(register, ontology, 0, models_of(spec))[0].trace.route.attempts[0].outcome

        server.status = 500
        assert [outcome() for _ in range(3)] == ["failed: HTTP 500"] * 2 + ["failed: HTTP 500 (and is left alone now)"]
        assert outcome().startswith("skipped: it failed often")
        time.sleep(0.6)
        assert outcome() == "failed: HTTP 500 (and is left alone now)"  # it was tried once, in vain
        assert outcome().startswith("skipped")
        time.sleep(0.6)
        server.status, server.reply = 200, RIGHT
        assert [outcome() for _ in range(2)] == ["answered (and is trusted again)", "answered"]


def test_a_smaller_model_stands_in(register: GraphStore, ontology: Ontology) -> None:
    with stand_in() as broken, stand_in() as working:
        broken.status, working.reply = 500, RIGHT
        models = models_of(large_at(broken.url), small_at(working.url))
        answer, _ = asked(register, ontology, 0, models)
        assert answer.answer == RIGHT
        assert (answer.trace.route.tier, answer.trace.route.model) == ("small", "small stand-in")
        assert [item.outcome for item in answer.trace.route.attempts] == ["failed: HTTP 500", "answered"]


def test_a_deadline_binds_all_models_together(register: GraphStore, ontology: Ontology) -> None:
    with stand_in() as one, stand_in() as other:
        one.script = other.script = [faults.hanging()]
        models = models_of(large_at(one.url, timeout=1.0), small_at(other.url, timeout=1.0))
        answer, took = asked(register, ontology, 0, models)
        assert took <= SECONDS + LATE
        assert answer.status == "answered"
        assert len(answer.trace.route.attempts) == 2
        wait_until(lambda: one.dropped + other.dropped == 2)  # nobody listens any more, and they are told


def wait_until(holds: Any) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
