"""Verification of a written answer: each of its sentences against the evidence that this very sentence cites.

"Right, but from another document" is wrong here: a reader who follows the mark must find what the sentence says. Rules
compare what can be compared exactly (values, names, denials, limits, who does what); what is left, whether the words
say the same, the embedding model and the share of covered words decide (`qa.verification.entailment`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from kg.ontology import Ontology
from kg.terms import terms
from qa.answer import AnswerFact, Citation
from qa.verification.bounds import certainty_conflict, limit_conflict, opposite_conflict
from qa.verification.crossing import belongs_elsewhere, crossed, misplaced
from qa.verification.entailment import is_entailed
from qa.verification.evidence import Evidence, gather
from qa.verification.names import names_of, strange_names, strange_roles
from qa.verification.nearest import units_of_claim
from qa.verification.polarity import modality_conflict, polarity_conflict
from qa.verification.quantities import Quantity, is_held, quantities_of
from qa.verification.relations import relation_conflict
from qa.verification.split import Sentence, is_item, split_answer, without_marks

_VERDICT = re.compile(r"(?:yes|no)\s*(?:[,:.;!–—-]+\s*|$)", re.IGNORECASE)
_WHOLE_QUOTATION = re.compile(r"[^“”]*: “(.*)”\.?", re.DOTALL)
_QUOTATION = re.compile(r"“([^“”]+)”|\"([^\"]+)\"")
_QUOTED_WORDS = 3
_GAP = re.compile(r"\s*(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*")
# What no answer needs and a document may want to have said: links, images, tags, control and bidirectional characters,
# and marks that are no citations.
_MARKUP = re.compile(
    r"https?:|www\.|javascript:|\bdata:[\w.+-]+/|!\[|\]\s*[(:\[]|<[a-z/!|]|\[\s*\d"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer: `text` is the answer at `[start:end]`; `reasons` say why it is not supported."""

    text: str
    start: int
    end: int
    cites: tuple[int, ...]
    supported: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """What of an answer holds: its claims in order, `text` with the supported ones only ("" when there are none).

    `groundedness`, from 0 to 1, is the share of the answer's content words (all but stop words) that stand in
    supported claims; a claim weighs as one word at least.
    """

    claims: tuple[Claim, ...]
    text: str
    groundedness: float


def check_answer(
    text: str, evidence: Sequence[Citation], facts: Sequence[AnswerFact], question: str, ontology: Ontology
) -> Verification:
    """Check each sentence of an answer against what it cites.

    `evidence` are the citations by their numbers, `facts` those that the passages state, `question` what was asked:
    its names and words are known. The same input gives the same result.
    """
    lines = split_answer(text)
    by_number = {item.n: item for item in evidence}
    known = frozenset(word.low for item in evidence for run in names_of(item.quote) for word in run)
    checked: list[list[tuple[Sentence, Claim]]] = []
    for line in lines:
        checked.append([])
        for sentence in line:
            reasons = tuple(_objections(sentence, by_number, facts, question, known, ontology))
            piece = text[sentence.start : sentence.end]
            claim = Claim(piece, sentence.start, sentence.end, sentence.cites, not reasons, reasons)
            checked[-1].append((sentence, claim))
    claims = tuple(claim for line in checked for _, claim in line)
    return Verification(claims, _kept(text, checked), _groundedness(claims))


def _objections(
    sentence: Sentence,
    by_number: Mapping[int, Citation],
    facts: Sequence[AnswerFact],
    question: str,
    known: Set[str],
    ontology: Ontology,
) -> Iterator[str]:
    """Why a sentence is not supported; nothing when it is."""
    strange = [number for number in sentence.cites if number not in by_number]
    if strange:
        yield f"there is no evidence {''.join(f'[{number}]' for number in strange)}"
        return
    if not sentence.cites:
        yield "it cites nothing"
        return
    if _MARKUP.search(sentence.said):
        yield "it holds a link, markup or a mark of its own"
        return
    evidence = gather([by_number[number] for number in sentence.cites], facts, ontology)
    if _is_verbatim(sentence.said, evidence):
        return
    said = _VERDICT.sub("", sentence.said, count=1)
    if not re.search(r"\w", said):
        yield from _on_bare_verdict(sentence.said, evidence, question)
        return
    yield from _strange_values(said, evidence, question, sentence.items)
    for name in [*strange_names(said, evidence, question, known), *strange_roles(said, evidence, question, ontology)]:
        yield f"“{name}” is not in {evidence.marks}"
    if sentence.intro:
        return  # it only announces the items, which are checked themselves
    yield from _strange_quotations(said, evidence)
    yield from _contradictions(said, evidence, question, ontology)
    if not is_entailed(said, evidence, question, sentence.before):
        yield f"{evidence.marks} does not say this"


def _on_bare_verdict(word: str, evidence: Evidence, question: str) -> Iterator[str]:
    """A "Yes" says what the question asks, a "No" the contrary."""
    denied = polarity_conflict(question, evidence, "")
    if not is_entailed(question, evidence, question) or word.casefold().startswith("no") != bool(denied):
        yield f"{evidence.marks} does not decide the question"


def _strange_values(said: str, evidence: Evidence, question: str, items: int) -> Iterator[str]:
    named = f"{evidence.text} {question.casefold()}"
    lengths = any(value.kind in ("duration", "period") for value in evidence.quantities)
    for value in quantities_of(said):
        if value.kind == "period" and not lengths:
            continue  # "two a year", where the evidence names two months
        if not is_held(value, evidence.quantities, named) and not _is_count(value, said, items):
            yield f"the {value.kind} {value.text} is not in {evidence.marks}"
    if found := misplaced(said, evidence.units) or belongs_elsewhere(said, evidence.units):
        value, right = found
        yield f"the {value.kind} {value.text} is of something else in {evidence.marks}, which says {right} of this"


def _is_count(value: Quantity, said: str, announced: int) -> bool:
    """Whether a number only counts: "There are 2: Gatekeep and PulseHarbour Core", "the highest of 10 found"."""
    _, colon, listed = said[value.end :].partition(":")
    items = re.split(r", | and ", listed)
    counts = (bool(colon) and value.number == (announced or len(items))) or said[value.end :].startswith(" found")
    return value.kind == "number" and counts


def _strange_quotations(said: str, evidence: Evidence) -> Iterator[str]:
    held = _plain(" ".join([evidence.context, *evidence.quotes, *evidence.units]))
    for match in _QUOTATION.finditer(said):
        words = match[1] or match[2]
        parts = [_plain(part) for part in _GAP.split(words)]
        if len(words.split()) >= _QUOTED_WORDS and not all(part in held for part in parts):
            yield f"the quotation “{words}” is not in {evidence.marks}"


def _contradictions(said: str, evidence: Evidence, question: str, ontology: Ontology) -> Iterator[str]:
    nearest = units_of_claim(said, evidence, question)
    yield from filter(
        None,
        (
            polarity_conflict(said, evidence, question),
            modality_conflict(said, evidence, question),
            limit_conflict(said, evidence),
            opposite_conflict(said, nearest, evidence.marks),
            certainty_conflict(said, nearest, evidence),
            relation_conflict(said, evidence, ontology),
        ),
    )
    if crossed(said, nearest):
        yield f"{evidence.marks} joins these things otherwise"


def _is_verbatim(said: str, evidence: Evidence) -> bool:
    """Whether a sentence is whole sentences of the evidence, perhaps in quotation marks behind the document's name."""
    quoted = _WHOLE_QUOTATION.fullmatch(said)
    words = _plain(quoted[1] if quoted else said)
    for text in (*evidence.quotes, *evidence.units):
        held = _plain(text)
        start = held.find(words)
        if words and start >= 0:
            before, after = held[:start].rstrip(), held[start + len(words) :].lstrip()
            if (not before or before[-1] in ".!?;:") and (not after or after[0] in ".!?;"):
                return True
    return False


def _plain(text: str) -> str:
    # Synthesis puts an invisible joiner into marks that are a document's own.
    return " ".join(text.replace("\u2060", "").casefold().split()).strip(" .;:,")


def _kept(text: str, lines: Sequence[Sequence[tuple[Sentence, Claim]]]) -> str:
    """The answer without its unsupported sentences; what announces a list goes when none of its items is left."""
    if all(claim.supported for line in lines for _, claim in line):
        return text if lines else ""
    kept: list[str] = []
    for line in reversed(lines):
        good = [(sentence, claim.text) for sentence, claim in line if claim.supported]
        if good and good[-1][0].intro and not (kept and is_item(kept[-1])):
            good.pop()
        if good:
            begin = text.rfind("\n", 0, line[0][0].start) + 1
            kept.append(text[begin : line[0][0].start] + " ".join(words for _, words in good))
    return "\n".join(reversed(kept))


def _groundedness(claims: Sequence[Claim]) -> float:
    sizes = [max(len(terms(without_marks(claim.text))), 1) for claim in claims]
    held = sum(size for size, claim in zip(sizes, claims, strict=True) if claim.supported)
    return round(held / sum(sizes), 4) if sizes else 0.0
