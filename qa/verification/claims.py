"""Verification of a written answer: each of its sentences against the evidence that this very sentence cites.

"Right, but from another document" is wrong here: a reader who follows the mark must find what the sentence says. Checks
compare what can be compared exactly (`qa.verification.checks`: values, names, denials, limits, who does what), a small
model reads the sentence beside its evidence (`qa.verification.judge`); `qa.verification.entailment` weighs both.
"""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from kg.ontology import Ontology
from kg.terms import terms
from qa.answer import AnswerFact, Citation
from qa.verification.checks import CERTAIN, findings, plain
from qa.verification.entailment import is_entailed
from qa.verification.evidence import Evidence, gather
from qa.verification.names import names_of
from qa.verification.polarity import polarity_conflict
from qa.verification.split import Sentence, is_item, split_answer, without_marks

_VERDICT = re.compile(r"(?:yes|no)\s*(?:[,:.;!–—-]+\s*|$)", re.IGNORECASE)
_WHOLE_QUOTATION = re.compile(r"[^“”]*: “(.*)”\.?", re.DOTALL)
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
    found = findings(replace(sentence, said=said), evidence, question, known, ontology)
    # What only announces a list says nothing but its names and values; the items are checked themselves.
    certain = [item for item in found if sentence.intro or item.check in CERTAIN]
    if certain:
        yield from (item.reason for item in certain)
    elif not sentence.intro and not is_entailed(said, evidence, question, sentence.before, found):
        yield from (item.reason for item in found)
        if not found:
            yield f"{evidence.marks} does not say this"


def _on_bare_verdict(word: str, evidence: Evidence, question: str) -> Iterator[str]:
    """A "Yes" says what the question asks, a "No" the contrary."""
    denied = polarity_conflict(question, evidence, "")
    if not is_entailed(question, evidence, question, "", ()) or word.casefold().startswith("no") != bool(denied):
        yield f"{evidence.marks} does not decide the question"


def _is_verbatim(said: str, evidence: Evidence) -> bool:
    """Whether a sentence is whole sentences of the evidence, perhaps in quotation marks behind the document's name."""
    quoted = _WHOLE_QUOTATION.fullmatch(said)
    words = plain(quoted[1] if quoted else said)
    for text in (*evidence.quotes, *evidence.units):
        held = plain(text)
        start = held.find(words)
        if words and start >= 0:
            before, after = held[:start].rstrip(), held[start + len(words) :].lstrip()
            if (not before or before[-1] in ".!?;:") and (not after or after[0] in ".!?;"):
                return True
    return False


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
