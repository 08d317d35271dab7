"""Synthesis by a model: the evidence, numbered; the text, each sentence checked before anyone sees it."""

import hashlib
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from queue import Empty, Queue

from qa.answer import AnswerFact, Attempt, Citation, Usage
from qa.budget import Purse
from qa.context import pack, tokens_of
from qa.models.client import start
from qa.models.complete import Completion, Listener, Prompt, Refused, Task, complete
from qa.models.spec import ModelSpec, Sensitivity
from qa.observer import AskCancelled, Cancel, Observer
from qa.redaction import Redactor
from qa.routing.policy import Policy
from qa.tools import Toolbox
from qa.verification.claims import Verification, check_answer

#: What models are told before the evidence.
SHIPPED_PROMPT = Path(__file__).resolve().parent / "prompts" / "answer.txt"
_NO_ANSWER = "NO ANSWER"
# What the protocol wraps around the messages, and the tools' descriptions, in tokens.
_OVERHEAD = 400
_GRACE = 0.2  # seconds after which the models' event loop is not waited for
# A sentence ends with its marks, before the next one begins or the line does.
_SENTENCE = re.compile(r".+?\](?:\.|(?=\s))(?=\s+\S)|[^\n]+\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Writing:
    """How an answer may be written: by which models, in which order, until when (of `time.monotonic`), for how much.

    `prompt` None is the shipped one, `redact` keeps personal data from large models.
    """

    specs: Sequence[ModelSpec]
    deadline: float
    policy: Policy
    purse: Purse | None = None
    prompt: str | None = None
    observer: Observer = field(default_factory=Observer)
    cancel: Cancel = field(default_factory=Cancel)
    redact: Redactor | None = None


class _Void:
    """Among the pieces of a text: all before it are void, since another call begins anew."""


@dataclass(slots=True)
class Generated:
    """What the models gave: text with the citations it uses, or None; what they tried, took and looked up."""

    text: str | None
    spec: ModelSpec | None
    citations: list[Citation]
    attempts: list[Attempt]
    usage: Usage
    left_out: list[int]
    removed: list[str]
    groundedness: float


@cache
def prompt_version(prompt: str | None = None) -> str:
    """The content-addressed version of a prompt, by default of the shipped one."""
    data = SHIPPED_PROMPT.read_bytes() if prompt is None else prompt.encode()
    return f"answer@{hashlib.sha256(data).hexdigest()[:12]}"


def generate(
    question: str, facts: Sequence[AnswerFact], toolbox: Toolbox, sensitivity: Sensitivity, writing: Writing
) -> Generated:
    """Have the evidence in `toolbox` put into words. Whatever goes wrong is an attempt, not an exception.

    Raises `AskCancelled` when the caller gave up.
    """
    rules = SHIPPED_PROMPT.read_text("utf-8") if writing.prompt is None else writing.prompt
    given = list(toolbox.evidence)
    left_out: list[int] = []
    checked: list[Verification] = []

    def prompt(spec: ModelSpec) -> Prompt:
        asked = f"Question: {question}"
        packed = pack(given, spec.context - spec.answer - tokens_of(rules) - tokens_of(asked) - _OVERHEAD)
        left_out[:] = packed.left_out
        return Prompt(rules, f"{packed.text}\n\n{asked}", sensitivity)

    def check(text: str) -> Verification:
        return check_answer(text, toolbox.evidence, facts, question, toolbox.ontology)

    def accept(text: str) -> str:
        if text.strip().rstrip(".") == _NO_ANSWER:
            raise Refused("it found no answer in the evidence")
        found = check(text.strip())
        checked.append(found)
        return _judged(found, writing.policy)

    pieces: Queue[str | _Void | None] = Queue()
    task = Task(prompt, accept, Listener(pieces.put, lambda: pieces.put(_Void())), toolbox)
    if writing.purse is not None:
        task = replace(task, pay=writing.purse.reserve, settle=writing.purse.settle)
    if (redact := writing.redact) is not None:
        task = replace(task, redact=lambda: redact(question))
    future = start(complete(task, writing.specs, writing.deadline))
    future.add_done_callback(lambda _: pieces.put(None))
    writing.cancel.stops(future.cancel)
    speaker = _Speaker(
        lambda text: check_answer(text, toolbox.evidence, facts, question, toolbox.ontology), writing.observer
    )
    try:
        # Sentences are checked here, not on the models' event loop, which others share.
        while (piece := pieces.get(timeout=max(0.0, writing.deadline - time.monotonic()) + _GRACE)) is not None:
            # What is still unheard when all is written comes with the answer.
            if writing.observer.listens and (isinstance(piece, _Void) or not future.done()):
                speaker.hear(piece)
        done = future.result()
    except Empty:
        future.cancel()
        done = Completion(
            attempts=[
                Attempt(model=spec.called, outcome="failed: no answer in time", ms=0.0) for spec in writing.specs[:1]
            ]
        )
    except CancelledError:
        raise AskCancelled("The question was given up by the one who asked it.") from None
    last = checked[-1] if checked and done.text is not None else None
    kept = [claim for claim in last.claims if claim.supported] if last else []
    used = list(dict.fromkeys(number for claim in kept for number in claim.cites))
    return Generated(
        done.text,
        done.spec,
        [toolbox.evidence[number - 1] for number in used],
        done.attempts,
        done.usage,
        left_out if done.spec else [],
        [f"{claim.text} ({'; '.join(claim.reasons)})" for claim in last.claims if not claim.supported] if last else [],
        last.groundedness if last else 0.0,
    )


def _judged(found: Verification, policy: Policy) -> str:
    """The text of the supported sentences, where the policy lets an answer stand without the others."""
    refused = [claim for claim in found.claims if not claim.supported]
    if not found.claims:
        raise Refused("it is empty")
    if refused and (policy.unsupported != "remove" or found.groundedness < policy.least_grounded or not found.text):
        raise Refused(f"the evidence does not support {refused[0].text[:80]!r} ({'; '.join(refused[0].reasons)})")
    return found.text


class _Speaker:
    """Passes on a text as it is written, sentence by sentence, each only once it was checked."""

    def __init__(self, check: Callable[[str], Verification], observer: Observer) -> None:
        self._check, self._observer = check, observer
        self._held = ""
        self._spoke = False

    def hear(self, piece: str | _Void) -> None:
        """Take in a piece, or that what was heard is void."""
        if isinstance(piece, _Void):
            if self._spoke:
                self._observer.restart()
            self._held, self._spoke = "", False
            return
        self._held += piece
        while match := _SENTENCE.match(self._held):
            sentence, self._held = match[0], self._held[match.end() :].lstrip()
            if text := self._check(sentence.strip()).text:
                self._observer.text(text + " ")
                self._spoke = True
