"""Text to Cypher by a large model: a draft that is checked in every way but one, running it; that is for a person."""

import hashlib
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.ontology import Ontology
from kg.reading.schema import Names, names_in, read_names
from kg.reading.statement import StatementRefused
from kg.store import GraphStore
from qa.models.client import start
from qa.models.complete import Prompt, Task, complete
from qa.models.spec import ModelSpec
from qa.redaction import Redactor

_PROMPT = Path(__file__).resolve().parent / "prompts" / "cypher.txt"
_BLOCK = re.compile(r"```(?:cypher)?\s*\n(.*?)```", re.DOTALL)
_PLAN_SECONDS = 10.0
_SECONDS = 60.0


class NoDraft(Exception):
    """The model gave no statement; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement that a model wrote for a question, and what it says that it finds.

    `unknown` are names that the graph does not know; `refused` says why the statement may not or cannot run, None when
    the store made a plan for it.
    """

    question: str
    cypher: str
    explanation: str
    unknown: dict[str, list[str]]
    refused: str | None
    model: str
    prompt: str


@cache
def prompt_version() -> str:
    """The prompt's content-addressed version."""
    return f"cypher@{hashlib.sha256(_PROMPT.read_bytes()).hexdigest()[:12]}"


def draft_cypher(
    question: str,
    store: GraphStore,
    ontology: Ontology,
    specs: Sequence[ModelSpec],
    redact: Redactor | None = None,
) -> Draft:
    """Let a model write a statement; it is planned by the store, never run. Raises `NoDraft`, `StoreError`.

    `redact` keeps personal data in the question from the model.
    """
    known = read_names(store)
    request = f"{_described(store, known, ontology)}\n\nQuestion: {question}"
    prompt = Prompt(_PROMPT.read_text(encoding="utf-8"), request, "open")  # names of the schema, no evidence
    veil = None if redact is None else lambda: redact(question)
    task = Task(lambda spec: prompt, lambda text: text, redact=veil)
    done = start(complete(task, specs, time.monotonic() + _SECONDS)).result()
    if done.text is None or done.spec is None:
        tried = "; ".join(f"{item.model}: {item.outcome}" for item in done.attempts)
        raise NoDraft(f"No model gave an answer ({tried}); try again.")
    reply, model = done.text, done.spec.called
    block = _BLOCK.search(reply)
    if block is None or not block[1].strip():
        raise NoDraft(f"The model {model} wrote no statement; put the question in other words.")
    cypher = block[1].strip()
    unknown, refused = Names(frozenset(), frozenset(), frozenset()), None
    try:
        unknown = names_in(cypher).beside(known)
        store.explain(cypher, _PLAN_SECONDS)
    except StatementRefused as error:
        refused = str(error)
    return Draft(
        question,
        cypher,
        " ".join(reply[: block.start()].split()),
        {
            "labels": sorted(unknown.labels),
            "relationship_types": sorted(unknown.relationship_types),
            "properties": sorted(unknown.properties),
        },
        refused,
        model,
        prompt_version(),
    )


def _described(store: GraphStore, known: Names, ontology: Ontology) -> str:
    lists = {
        "Labels": known.labels,
        "Relationship types": known.relationship_types,
        "Properties": known.properties,
        "Predicates": ontology.predicates,
    }
    lines = [f"{name}: {', '.join(sorted(names))}" for name, names in lists.items()]
    return "\n".join([f"Store: {store.dialect}", *lines])
