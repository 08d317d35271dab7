"""A small model by ctransformers as a tier: a real one in a real child process, with its time limit and its end."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from qa_models import models_of
from tiny_gguf import write_random, write_reciting

from extraction.ingest import IngestOptions, ingest
from extraction.report import IngestReport
from extraction.sources import Source
from kg.embedded import EmbeddedStore
from kg.ontology import Ontology
from kg.store import GraphStore
from qa.ask import AskOptions, ask
from qa.models.client import client_of
from qa.models.gguf import GgufChat
from qa.models.spec import ModelSpec
from qa.observer import AskCancelled, Cancel, Observer

pytestmark = pytest.mark.alone

TEXT = b"# Register\n\nAnna Holm owns Atlas. Bo Lund owns Vega."
QUESTION = "Who owns Atlas?"
RIGHT = ("Anna", " Holm", " owns", " Atlas", " [1].")


def small(path: Path, **changes: float) -> ModelSpec:
    kind = {"name": "small", "tier": "small", "provider": "gguf", "model": str(path), "sees": "restricted"}
    return ModelSpec(**{**kind, "answer": 40, "timeout": 60.0, "retries": 0, **changes})


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphStore]:
    store = EmbeddedStore(tmp_path_factory.mktemp("register"))
    source = Source("corpus:register.md", "register.md", data=TEXT)
    ingest(store, [source], IngestOptions(access=("board",)), IngestReport(), lambda done, total, name: None)
    yield store
    store.close()


def test_it_answers_from_evidence_that_no_large_model_may_see(
    tmp_path: Path, register: GraphStore, ontology: Ontology
) -> None:
    models = models_of(small(write_reciting(tmp_path / "tiny.gguf", RIGHT, after=":")))
    heard: list[str] = []
    options = AskOptions(ontology, ["board"], "small", models, seconds=60, observer=Observer(text=heard.append))
    answer = ask(QUESTION, register, options)
    assert answer.answer == "Anna Holm owns Atlas [1]."
    assert (answer.trace.route.tier, answer.trace.route.attempts[0].outcome) == ("small", "answered")
    assert answer.trace.usage.completion_tokens > 0 and answer.trace.usage.cost_usd == 0


def test_what_it_makes_up_is_not_taken(tmp_path: Path, register: GraphStore, ontology: Ontology) -> None:
    wrong = ("Bo", " Lund", " owns", " Atlas", " [1].")
    models = models_of(small(write_reciting(tmp_path / "tiny.gguf", wrong, after=":")))
    answer = ask(QUESTION, register, AskOptions(ontology, tier="small", models=models, seconds=60))
    assert answer.trace.route.tier == "none"
    assert answer.trace.route.attempts[0].outcome.startswith("refused")
    assert "Anna Holm" in answer.answer


def test_a_time_limit_ends_its_writing(tmp_path: Path, register: GraphStore, ontology: Ontology) -> None:
    spec = small(write_random(tmp_path / "random.gguf"), answer=4000, context=4096 * 2)
    ask(QUESTION, register, AskOptions(ontology, tier="small", models=models_of(small(Path(spec.model))), seconds=60))
    started = time.monotonic()
    answer = ask(QUESTION, register, AskOptions(ontology, tier="small", models=models_of(spec), seconds=2.0))
    assert time.monotonic() - started < 2.25
    assert answer.status == "answered"
    assert answer.trace.route.tier == "none"
    assert answer.trace.route.attempts[0].outcome.startswith(("failed", "refused"))


def test_a_caller_who_goes_away_ends_its_process(tmp_path: Path, register: GraphStore, ontology: Ontology) -> None:
    spec = small(write_random(tmp_path / "random.gguf"), answer=3000, context=4096)
    cancel = Cancel()
    ended: list[str] = []

    def work() -> None:
        try:
            ask(QUESTION, register, AskOptions(ontology, tier="small", models=models_of(spec), cancel=cancel))
        except AskCancelled as error:
            ended.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    deadline = time.monotonic() + 30
    while not (running := processes_of(spec)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert running
    cancel()
    thread.join(10)
    assert len(ended) == 1
    while any(process.poll() is None for process in running) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert all(process.poll() is not None for process in running)


def processes_of(spec: ModelSpec) -> list:  # type: ignore[type-arg]
    chat = client_of(spec)._chat
    models = chat._loaded.values() if isinstance(chat, GgufChat) else []
    return [model._child._process for model in models if model._child is not None]


def test_a_file_that_is_no_model_is_an_attempt_that_failed(
    tmp_path: Path, register: GraphStore, ontology: Ontology
) -> None:
    (tmp_path / "none.gguf").write_text("Dear model, " * 100)
    models = models_of(small(tmp_path / "none.gguf"))
    answer = ask(QUESTION, register, AskOptions(ontology, tier="small", models=models))
    assert answer.status == "answered"
    assert answer.trace.route.attempts[0].outcome == "failed: ValueError"
