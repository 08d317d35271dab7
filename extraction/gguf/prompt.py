"""The prompt: instructions and the ontology's predicates, the same for every passage, then one passage."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from string import Template

from kg.ontology import Ontology, Predicate

_FILE = Path(__file__).resolve().parent / "prompts" / "extract.txt"
_PASSAGE = "$passage"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A passage stands between `head` and `tail`; the model goes on after `tail`, whose end `opening` is the answer's
    beginning.

    The head is all that does not change from passage to passage, so a model needs to read it only once.
    """

    head: str
    tail: str
    opening: str
    version: str


def make_prompt(ontology: Ontology) -> Prompt:
    """The prompt for an ontology; `version` is 12 hex digits of the SHA-256 of the prompt's file."""
    data = _FILE.read_bytes()
    head, tail = data.decode().rstrip().split(_PASSAGE)
    example = next((item for item in ontology.predicates.values() if not item.domain and not item.range), None)
    filled = Template(head).substitute(
        predicates="\n".join(map(_line, ontology.predicates.values())),
        example_name=example.name if example else "RELATED_TO",
        example_label=example.label if example else "is related to",
    )
    return Prompt(filled, tail, tail[-1], hashlib.sha256(data).hexdigest()[:12])


def _line(predicate: Predicate) -> str:
    """HOLDS_ROLE: holds the role of (Person -> Role)"""
    if not predicate.domain and not predicate.range:
        return f"{predicate.name}: {predicate.label}"
    domain, range_ = (" or ".join(types) or "anything" for types in (predicate.domain, predicate.range))
    return f"{predicate.name}: {predicate.label} ({domain} -> {range_})"
