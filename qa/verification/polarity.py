"""Denials and modalities that a claim has otherwise than its evidence."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.terms import terms
from kg.values import NUMBER_WORDS
from qa.verification.evidence import Evidence
from qa.verification.nearest import clauses_near, units_near
from qa.verification.reading import Clause, Word, clauses_of

_PREFIXES = ("un", "in", "im", "ir", "dis", "non", "non-")
_NEEDS = frozenset("need needs needed require requires".split())
_CONDITION = re.compile(r"\b(?:unless|without)\b", re.IGNORECASE)
_NOT_SO = re.compile(r"\b(?:not|n[o']t)\s+(?:yet\s+)?(?:done|do|did)\s+so\b", re.IGNORECASE)
_MEASURES = frozenset("second minute hour day week month quarter year time working business calendar".split())
# What a claim may not make of what its evidence says.
_CONFLICTS = {("may", "must"), ("should", "must"), ("must", "may"), ("must", "should")}

_Stances = dict[str, set[int]]


@dataclass(frozen=True, slots=True)
class _Said:
    """How the evidence says words, as sets of stances: by their terms, and by the words as they are written.

    `implied` are words without a prefix that denies them: "unlikely" tells the contrary of "likely".
    """

    terms: _Stances
    written: _Stances
    implied: _Stances

    def of(self, word: Word, stance: int) -> Iterator[tuple[str, set[int], int]]:
        """For a word of a claim: the term, how the evidence says it, how the claim does; no term for a contrary."""
        known = [term for term in word.terms if term in self.terms]
        yield from ((term, self.terms[term], stance) for term in known)
        bare = _without_prefix(word.low)
        if not known and bare in self.written:
            yield "", self.written[bare], -stance
        elif not known and word.low in self.implied:
            yield "", self.implied[word.low], stance


def polarity_conflict(claim: str, evidence: Evidence, question: str) -> str:
    """Why the claim denies what its evidence says, or the other way round; "" when it does not.

    What counts is the word that a denial is about, of the claim or of the evidence, where both have it.
    """
    for clause in clauses_of(claim):
        units = units_near(clause, evidence, question)
        if any(word.low in _NEEDS for word in clause.words) and any(_CONDITION.search(unit) for unit in units):
            continue  # "it needs three members" says "it cannot unless there are three"
        others = clauses_near(clause, units)
        said = _read(clause, others, units, evidence.units)
        denied = {term for other in others for term in other.denied_terms}
        for place, (word, stance) in enumerate(zip(clause.words, clause.stances, strict=True)):
            if not stance or _is_measure(word):
                continue
            for term, found, mine in said.of(word, stance):
                decides = not term or place in clause.denied or term in denied
                if decides and 0 not in found and mine not in found:
                    return f"{evidence.marks} says the contrary of “{word.text}”"
    return ""


def modality_conflict(claim: str, evidence: Evidence, question: str) -> str:
    """Why the claim's "must" or "may" is not its evidence's; "" when it may be."""
    for clause in clauses_of(claim):
        if not clause.modality or clause.only:
            continue
        others = clauses_near(clause, units_near(clause, evidence, question))
        enough = min(2, max(len(clause.terms) - 1, 1))  # of a short clause all but the word that tells the modality
        told = [other for other in others if other.modality and len(clause.terms & other.terms) >= enough]
        # "May not" and "must not" forbid alike, and so does what is only told to be so.
        if told and all((clause.modality, o.modality) in _CONFLICTS and _both_said(clause, o) for o in told):
            return f"“{clause.modality}” where {evidence.marks} says “{told[0].modality}”"
    return ""


def _both_said(clause: Clause, other: Clause) -> bool:
    """Whether neither denies a word that they share."""
    return all(
        stance != -1 or not set(word.terms) & (clause.terms & other.terms)
        for each in (clause, other)
        for word, stance in zip(each.words, each.stances, strict=True)
    )


def _read(clause: Clause, others: Sequence[Clause], units: Sequence[str], all_units: Sequence[str]) -> _Said:
    """How some clauses of the evidence say words.

    Of several clauses that have a term, that decides which shares most words with the claim's.
    """
    said, written, implied = (
        defaultdict[str, set[int]](set),
        defaultdict[str, set[int]](set),
        defaultdict[str, set[int]](set),
    )
    nearest: dict[str, int] = {}
    for other in sorted(others, key=lambda other: -len(clause.terms & other.terms)):
        share = len(clause.terms & other.terms)
        for word, stance in zip(other.words, other.stances, strict=True):
            for term in () if _is_measure(word) else word.terms:
                if share >= nearest.setdefault(term, share):
                    said[term].add(stance)
            written[word.low].add(stance)
            if bare := _without_prefix(word.low):
                implied[bare].add(-stance)
    for before, unit in pairwise(all_units):
        if before in units and _NOT_SO.search(unit):  # "Thirteen have not done so": what the sentence before says
            for term in terms(before):
                said[term].add(-1)
    return _Said(dict(said), dict(written), dict(implied))


def _is_measure(word: Word) -> bool:
    return word.low.removesuffix("s") in _MEASURES or word.low in NUMBER_WORDS or word.low[0].isdigit()


def _without_prefix(low: str) -> str:
    """A word without the prefix that denies it: "unlikely" says "likely" denied; "" without one."""
    for prefix in _PREFIXES:
        if low.startswith(prefix) and len(low) > len(prefix) + 3:
            return low.removeprefix(prefix)
    return ""
