"""The GGUF extractor with real models in real files, through the real library in its child process."""

import json
import logging
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from extracting import ONTOLOGY, loaded, triple
from tiny_gguf import write_random, write_reciting

from extraction.constrain import constrain
from extraction.document import LoadedDocument
from extraction.found import Extraction
from extraction.gguf.extractor import GgufExtractor
from extraction.rules import RuleExtractor
from extraction.split import PassageSpan, split
from kg.gguf.model import MOST_FAILURES, GgufModel, NoAnswer

pytestmark = pytest.mark.alone

# A few predicates, since the tiny models read a prompt letter by letter.
FEW = replace(
    ONTOLOGY,
    predicates={name: ONTOLOGY.predicates[name] for name in "HOSTED_BY DEPENDS_ON MANAGES MUST MUST_NOT".split()},
)
ROOT = Path(__file__).resolve().parents[2]
HEAD = "Say what you know.\n"
DOCUMENT = loaded(
    "# Hosting\n\nThe Orders Database is hosted by Nordwind AB. Invoices pass through the Orders Database.\n\n"
    "# Duties\n\nThe Supplier shall notify the customer within 72 hours."
)
PASSAGES = split(DOCUMENT)
NO_JSON = "gguf: passage with an answer that is no JSON"
CRASHED = "gguf: passage on which the model crashed"
LATE = "gguf: passage without an answer in time"
GIVEN_UP = "gguf: passage after the model was given up"


@cache
def extractor() -> RuleExtractor:
    return RuleExtractor(FEW)


@pytest.fixture(scope="module")
def random_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_random(tmp_path_factory.mktemp("gguf") / "random.gguf")


@pytest.fixture
def reciting(tmp_path: Path) -> Callable[..., GgufExtractor]:
    """Makes an extractor whose model answers every passage with these pieces."""

    def make(*pieces: str) -> GgufExtractor:
        return GgufExtractor(extractor(), write_reciting(tmp_path / "reciting.gguf", pieces), 60)

    return make


def base() -> Extraction:
    return extractor().extract(DOCUMENT, PASSAGES)


def statement(subject: str, predicate: str, object_: str, quote: str) -> str:
    return json.dumps({"subject": subject, "predicate": predicate, "object": object_, "quote": quote})


def ask(model: GgufModel, text: str) -> str:
    return model.answer(text + "\n[", "[")


def child_of(model: GgufModel) -> int:
    assert model._child is not None
    return model._child._process.pid


def runs(process: int) -> bool:
    """Whether a process runs; one that has ended and waits to be reaped does not."""
    status = Path(f"/proc/{process}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_model_gives_the_same_answer_whatever_it_was_asked_before(random_model: Path) -> None:
    texts = ["The ledger", "The ledger of Nordwind", "The ledger is hosted by Nordwind AB. " * 20, "éß漢字\0 <s>"]
    fresh = [ask(GgufModel(random_model, HEAD, 60), text) for text in texts]
    model = GgufModel(random_model, HEAD, 60)
    assert [ask(model, text) for text in reversed(texts)] == fresh[::-1]
    assert len(set(fresh)) == len(texts)
    assert all(fresh)


def test_the_child_streams(random_model: Path) -> None:
    command = [sys.executable, "-m", "kg.gguf.child", str(random_model), "512", "1"]
    requests = [{"text": HEAD}, {"text": "The ledger\n[", "opening": "[", "tokens": 40}]
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, cwd=ROOT, check=True)
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert [at for at, reply in enumerate(replies) if "end" in reply] == [0, len(replies) - 1]
    assert len(replies) > 10, "the answer came in one piece"
    model = GgufModel(random_model, HEAD, 60)
    assert ask(model, "The ledger").startswith("".join(reply["text"] for reply in replies[1:-1]).rstrip("\ufffd"))


def test_threads_that_share_a_model_get_their_own_answers(random_model: Path) -> None:
    model = GgufModel(random_model, HEAD, 60)
    texts = [f"Ledger {number}" for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: ask(model, text), texts)) == [ask(model, text) for text in texts]


def test_a_well_formed_answer_adds_facts_and_confirms_others(reciting: Callable[..., GgufExtractor]) -> None:
    both = statement("the orders database", "HOSTED_BY", "Nordwind AB", "Orders Database is hosted by Nordwind AB")
    only = statement("invoices", "depends on", "the orders database", "invoices  pass through the orders database")
    found = reciting("\n", both, ",", only, "]", " And now something else: ", "[{}]").extract(DOCUMENT, PASSAGES)
    plain = {triple(fact): fact for fact in base().facts}
    facts = {triple(fact): fact for fact in found.facts}
    hosted = ("Orders Database", "HOSTED_BY", "Nordwind AB")
    assert facts[hosted] == replace(plain[hosted], confidence=1 - (1 - plain[hosted].confidence) * 0.5)
    new = facts.pop(("Invoices", "DEPENDS_ON", "Orders Database"))
    assert (new.confidence, DOCUMENT.text[new.start : new.end]) == (0.5, "Invoices pass through the Orders Database")
    assert new.object in found.mentions, "the base's own mention, with its type"
    assert facts.keys() == plain.keys()
    assert (found.mentions, found.aliases) == (base().mentions, base().aliases)
    # The second passage gets the same answer, which has nothing to do with it.
    assert found.dropped == {"gguf: quote not in the passage": 2}


def test_what_is_stated_outside_domain_and_range_is_rejected_and_counted(
    reciting: Callable[..., GgufExtractor],
) -> None:
    wrong = statement("72 hours", "MANAGES", "customer", "notify the customer within 72 hours")
    free = statement("Supplier", "MUST_NOT", "notify the customer", "The Supplier shall notify the customer")
    found = constrain(reciting(wrong, ",", free, "]").extract(DOCUMENT, PASSAGES), FEW, open_vocabulary=False)
    assert found.dropped["MANAGES: Duration cannot be the subject"] == 1
    assert {triple(fact) for fact in found.facts} - {triple(fact) for fact in base().facts} == {
        ("Supplier", "MUST_NOT", "notify the customer")
    }


def test_garbage_costs_a_passage_its_model_facts_and_nothing_else(random_model: Path) -> None:
    found = GgufExtractor(extractor(), random_model, 60).extract(DOCUMENT, PASSAGES)
    assert replace(found, dropped={}) == base()
    assert found.dropped == {NO_JSON: len(PASSAGES)}


@pytest.mark.parametrize("kept", ["header", "metadata", "tensors"])
def test_a_damaged_file_costs_the_model_facts_and_nothing_else(tmp_path: Path, random_model: Path, kept: str) -> None:
    data = random_model.read_bytes()
    junk = random.Random(0).randbytes(len(data))
    damaged = {"header": data[:24] + junk[24:], "metadata": data[:3000], "tensors": data[: len(data) // 2]}[kept]
    path = tmp_path / "damaged.gguf"
    path.write_bytes(damaged)
    found = GgufExtractor(extractor(), path, 60).extract(DOCUMENT, PASSAGES)
    assert replace(found, dropped={}) == base()
    assert sum(found.dropped.values()) == len(PASSAGES)
    assert found.dropped.keys() <= ({CRASHED, NO_JSON} if kept == "tensors" else {CRASHED})


def test_a_model_that_is_too_slow_is_killed_and_given_up_with_one_warning(
    random_model: Path, caplog: pytest.LogCaptureFixture
) -> None:
    document, passages = long_document(MOST_FAILURES + 2)
    slow = GgufExtractor(extractor(), random_model, 0.001)
    with caplog.at_level(logging.WARNING):
        found = slow.extract(document, passages)
        slow.extract(document, passages)
    assert replace(found, dropped={}) == extractor().extract(document, passages)
    assert found.dropped == {LATE: MOST_FAILURES, GIVEN_UP: 2}
    (warning,) = caplog.messages
    assert str(random_model) in warning
    assert "timeout" in warning


def test_a_child_that_hangs_or_dies_is_replaced(tmp_path: Path) -> None:
    model = GgufModel(write_reciting(tmp_path / "reciting.gguf", ["1, ", "2"]), HEAD, 5)
    assert ask(model, "The ledger") == "1, 2"
    for harm, kind in ((signal.SIGSTOP, "timeout"), *[(signal.SIGSEGV, "crash")] * MOST_FAILURES):
        before = child_of(model)
        os.kill(before, harm)
        with pytest.raises(NoAnswer) as caught:
            ask(model, "The ledger")
        assert caught.value.kind == kind
        assert not runs(before)
        # An answer in between: only failures on end count.
        assert ask(model, "The ledger") == "1, 2"


def test_a_passage_too_long_for_the_model_is_counted_and_is_no_failure(random_model: Path) -> None:
    model = GgufModel(random_model, HEAD, 60)
    for _ in range(MOST_FAILURES + 1):
        with pytest.raises(NoAnswer) as caught:
            ask(model, "漢" * 1200)
        assert caught.value.kind == "long"
    assert ask(model, "The ledger")


def test_the_child_ends_with_its_model(random_model: Path) -> None:
    model = GgufModel(random_model, HEAD, 60)
    ask(model, "The ledger")
    child = child_of(model)
    assert runs(child)
    del model
    assert not runs(child)


def test_the_child_ends_when_its_parent_is_killed(random_model: Path) -> None:
    script = f"""
import os, signal
from pathlib import Path
from kg.gguf.model import GgufModel
model = GgufModel(Path({str(random_model)!r}), "", 60)
model.answer("The ledger\\n[", "[")
print(model._child._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    child = int(done.stdout)
    deadline = time.monotonic() + 30
    while runs(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not runs(child)


@pytest.mark.parametrize(
    ("start", "told"),
    [
        (None, "cannot be read"),
        (b"", "not a GGUF file"),
        (b"PK\x03\x04 a docx file", "not a GGUF file"),
        (b"GGUF\x01\0\0\0", "has version 1"),
        (b"GGUF\x04\0\0\0", "has version 4"),
        (b"GGUF\0\0\0\x03", "big-endian"),
    ],
)
def test_a_file_that_is_no_such_model_is_refused_with_a_sentence(
    tmp_path: Path, start: bytes | None, told: str
) -> None:
    path = tmp_path / "model.gguf"
    if start is not None:
        path.write_bytes(start)
    with pytest.raises(ValueError, match=told) as caught:
        GgufExtractor(extractor(), path, 60)
    assert str(path) in str(caught.value)
    assert str(caught.value).endswith(".")


def test_version_2_and_3_compute_the_same(tmp_path: Path, random_model: Path) -> None:
    data = random_model.read_bytes()
    assert data[4] == 3
    older = tmp_path / "older.gguf"
    older.write_bytes(data[:4] + b"\x02" + data[5:])
    assert ask(GgufModel(older, HEAD, 60), "The ledger") == ask(GgufModel(random_model, HEAD, 60), "The ledger")


def test_the_version_changes_with_the_model_file(tmp_path: Path, random_model: Path) -> None:
    other = write_random(tmp_path / "other.gguf", seed=1)
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(random_model.read_bytes())
    versions = [GgufExtractor(extractor(), path, 60).version for path in (random_model, copy, other)]
    assert versions[0] == versions[1] != versions[2]


def long_document(passages: int) -> tuple[LoadedDocument, list[PassageSpan]]:
    document = loaded("\n\n".join(f"# Part {number}\n\n" + "The ledger runs. " * 30 for number in range(passages)))
    return document, split(document)
