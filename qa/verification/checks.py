"""What can be compared exactly between a sentence of an answer and its evidence, check by check."""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Literal

from kg.ontology import Ontology
from qa.verification.bounds import certainty_conflict, limit_conflict, opposite_conflict
from qa.verification.crossing import belongs_elsewhere, crossed, misplaced, of_another
from qa.verification.derived import is_derived
from qa.verification.evidence import Evidence
from qa.verification.held import is_held
from qa.verification.names import strange_names, strange_roles
from qa.verification.nearest import units_of_claim
from qa.verification.polarity import modality_conflict, polarity_conflict
from qa.verification.quantities import Quantity, quantities_of
from qa.verification.relations import relation_conflict
from qa.verification.split import Sentence

Check = Literal[
    "value", "place", "name", "role", "quotation", "polarity", "modality", "limit", "opposite", "certainty", "relation",
    "crossing",
]  # fmt: skip
#: What these find makes a sentence unsupported, whatever a model says. What the others find, which are now and then
#: wrong, stands unless the model is sure of the contrary.
CERTAIN: frozenset[Check] = frozenset(
    {"value", "name", "role", "quotation", "modality", "limit", "opposite", "certainty"}
)
_QUOTATION = re.compile(r"“([^“”]+)”|\"([^\"]+)\"")
_QUOTED_WORDS = 3
_OF_THE = re.compile(r"\b(?:of|among) (?:the|all) $", re.IGNORECASE)
_GAP = re.compile(r"\s*(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has against a sentence, and why, as analysts read it."""

    check: Check
    reason: str


def findings(
    sentence: Sentence, evidence: Evidence, question: str, known: Set[str], ontology: Ontology
) -> tuple[Finding, ...]:
    """All that the checks have against a sentence; of one that announces a list only what its names and values are.

    `known` are words in lower case that are names in any of the evidence.
    """
    said = sentence.said
    found = [
        *_of_values(said, evidence, question, sentence.items),
        *_of_names(said, evidence, question, known, ontology),
    ]
    if not sentence.intro:
        found += [*_of_quotations(said, evidence), *_contradictions(said, evidence, question, ontology)]
    return tuple(found)


def plain(text: str) -> str:
    """A text as quotations are compared: in lower case, on one line, without marks around it."""
    # Synthesis puts an invisible joiner into marks that are a document's own.
    return " ".join(text.replace("\u2060", "").casefold().split()).strip(" .;:,")


def _of_names(said: str, evidence: Evidence, question: str, known: Set[str], ontology: Ontology) -> Iterator[Finding]:
    for name in strange_names(said, evidence, question, known):
        yield Finding("name", f"“{name}” is not in {evidence.marks}")
    for name in strange_roles(said, evidence, question, ontology):
        yield Finding("role", f"“{name}” is not in {evidence.marks}")


def _of_values(said: str, evidence: Evidence, question: str, items: int) -> Iterator[Finding]:
    named = f"{evidence.text} {question.casefold()}"
    lengths = any(value.kind in ("duration", "period") for value in evidence.quantities)
    values = quantities_of(said)
    for value in values:
        if value.kind == "period" and not lengths:
            continue  # "two a year", where the evidence names two months
        counted = (
            _is_count(value, said, items)
            or _counts_rows(value, said, evidence)
            or is_derived(value, said, values, evidence.quantities)
        )
        if not counted and not is_held(value, evidence.quantities, named):
            yield Finding("value", f"the {value.kind} {value.text} is not in {evidence.marks}")
    if found := misplaced(said, evidence.units) or belongs_elsewhere(said, evidence.units):
        value, right = found
        reason = f"the {value.kind} {value.text} is of something else in {evidence.marks}, which says {right} of this"
        yield Finding("place", reason)


def _is_count(value: Quantity, said: str, announced: int) -> bool:
    """Whether a number only counts: "There are 2: Gatekeep and PulseHarbour Core", "the highest of 10 found"."""
    _, colon, listed = said[value.end :].partition(":")
    items = re.split(r", | and ", listed)
    counts = (bool(colon) and value.number == (announced or len(items))) or said[value.end :].startswith(" found")
    return value.kind == "number" and counts


def _counts_rows(value: Quantity, said: str, evidence: Evidence) -> bool:
    """Whether a number only counts the rows of a table: "of the three partners"."""
    if value.kind != "number" or not evidence.rows or not _OF_THE.search(said[: value.start]):
        return False
    first = evidence.rows[0][0][0]
    return value.number == sum(name == first for row in evidence.rows for name, _ in row)


def _of_quotations(said: str, evidence: Evidence) -> Iterator[Finding]:
    held = plain(" ".join([evidence.context, *evidence.quotes, *evidence.units]))
    for match in _QUOTATION.finditer(said):
        words = match[1] or match[2]
        parts = [plain(part) for part in _GAP.split(words)]
        if len(words.split()) >= _QUOTED_WORDS and not all(part in held for part in parts):
            yield Finding("quotation", f"the quotation “{words}” is not in {evidence.marks}")


def _contradictions(said: str, evidence: Evidence, question: str, ontology: Ontology) -> Iterator[Finding]:
    nearest = units_of_claim(said, evidence, question)
    name = of_another(said, evidence, question)
    conflicts: tuple[tuple[Check, str], ...] = (
        ("polarity", polarity_conflict(said, evidence, question)),
        ("modality", modality_conflict(said, evidence, question)),
        ("limit", limit_conflict(said, evidence)),
        ("opposite", opposite_conflict(said, nearest, evidence.marks)),
        ("certainty", certainty_conflict(said, nearest, evidence)),
        ("relation", relation_conflict(said, evidence, ontology)),
        ("crossing", f"{evidence.marks} joins these things otherwise" if crossed(said, nearest) else ""),
        ("crossing", f"{evidence.marks} says that of another one than “{name}”" if name else ""),
    )
    yield from (Finding(check, reason) for check, reason in conflicts if reason)
