"""Denials and modalities that a claim has otherwise than its evidence."""

import re
from collections import defaultdict
from collections.abc import Sequence, Set

from kg.terms import stem, terms
from kg.values import NUMBER_WORDS
from qa.verification.evidence import Evidence, fields_of
from qa.verification.reading import Clause, Word, clauses_of

# Units of the evidence that say so large a share of what the best one says are read, too.
_NEARLY_BEST = 0.75
_NEARLY_BEST_CLAUSE = 0.6
_PREFIXES = ("un", "in", "im", "ir", "dis", "non", "non-")
# A word that the question has, too, tells less of which sentence is meant.
_ASKED = 0.3
_NEEDS = frozenset("need needs needed require requires".split())
_NOT_SO = re.compile(r"\b(?:not|n[o']t)\s+(?:yet\s+)?(?:done|do|did)\s+so\b", re.IGNORECASE)
_MEASURES = frozenset("second minute hour day week month quarter year time".split())
# What a claim may not make of what its evidence says.
_CONFLICTS = {("may", "must"), ("should", "must"), ("must", "may"), ("must", "should")}

Stances = defaultdict[str, set[int]]


def polarity_conflict(claim: str, evidence: Evidence, question: str) -> str:
    """Why the claim denies what its evidence says, or the other way round; "" when it does not.

    What counts is the word that a denial is about, of the claim or of the evidence, where both have it.
    """
    asked = frozenset(terms(question))
    for clause in clauses_of(claim):
        units = _best(clause, evidence, asked)
        if any(word.low in _NEEDS for word in clause.words) and any("unless" in unit for unit in units):
            continue  # "it needs three members" says "it cannot unless there are three"
        others = _best_clauses(clause, units)
        said, implied = _said(clause, others, units, evidence.units)
        denied = {term for other in others for term in other.denied_terms}
        for place, (word, stance) in enumerate(zip(clause.words, clause.stances, strict=True)):
            if not stance or _is_measure(word):
                continue
            for term, found, sign in _readings(word, stance, said, implied):
                decides = place in clause.denied or term in denied or found is not said.get(term)
                if decides and 0 not in found and sign not in found:
                    return f"{evidence.marks} says the contrary of “{word.text}”"
    return ""


def modality_conflict(claim: str, evidence: Evidence, question: str) -> str:
    """Why the claim's "must" or "may" is not its evidence's; "" when it may be."""
    asked = frozenset(terms(question))
    for clause in clauses_of(claim):
        if not clause.modality or clause.only or -1 in clause.stances:
            continue  # "may not" and "must not" forbid alike
        others = _best_clauses(clause, _best(clause, evidence, asked))
        told = [other for other in others if other.modality and len(clause.terms & other.terms) >= 2]
        if told and all(-1 not in other.stances and (clause.modality, other.modality) in _CONFLICTS for other in told):
            return f"“{clause.modality}” where {evidence.marks} says “{told[0].modality}”"
    return ""


def nearest_units(claim: str, evidence: Evidence, question: str) -> list[str]:
    """The units of the evidence that say most of a clause of the claim."""
    asked = frozenset(terms(question))
    return list(dict.fromkeys(unit for clause in clauses_of(claim) for unit in _best(clause, evidence, asked)))


def _best(clause: Clause, evidence: Evidence, asked: Set[str]) -> list[str]:
    """The units of the evidence that say most of a clause; what the question says, too, counts for less."""
    weights = {term: _ASKED if term in asked else 1.0 for term in clause.terms}
    shares = {
        unit: sum(weights[term] for term in weights if term in held)
        for unit in evidence.units
        if (held := frozenset(terms(unit)))
    }
    most = max(shares.values(), default=0.0)
    return [unit for unit, share in shares.items() if most and share >= _NEARLY_BEST * most]


def _best_clauses(clause: Clause, units: Sequence[str]) -> list[Clause]:
    """The clauses of some units that share most words with another one; a row of a table is read whole."""
    rows = [other for unit in units if fields_of(unit) for other in clauses_of(unit)]
    others = [other for unit in units if not fields_of(unit) for other in clauses_of(unit)]
    shares = [len(clause.terms & other.terms) for other in others]
    most = max(shares, default=0)
    return [*rows, *(o for o, share in zip(others, shares, strict=True) if share and share >= _NEARLY_BEST_CLAUSE * most)]


def _said(
    clause: Clause, others: Sequence[Clause], units: Sequence[str], all_units: Sequence[str]
) -> tuple[Stances, Stances]:
    """For each term of some clauses whether it is said, denied, or both; and the same for what prefixes deny.

    Of several clauses that have a term, that decides which shares most words with the claim's.
    """
    said: defaultdict[str, set[int]] = defaultdict(set)
    implied: defaultdict[str, set[int]] = defaultdict(set)
    nearest: dict[str, int] = {}
    for other in sorted(others, key=lambda other: -len(clause.terms & other.terms)):
        share = len(clause.terms & other.terms)
        for word, stance in zip(other.words, other.stances, strict=True):
            for term in word.terms:
                if share >= nearest.setdefault(term, share):
                    said[term].add(stance)
            implied[_without_prefix(word.low)].add(-stance)
    for before, unit in zip(all_units, all_units[1:], strict=False):
        if before in units and _NOT_SO.search(unit):  # "Thirteen have not done so": what the sentence before says
            for term in terms(before):
                said[term].add(-1)
    implied.pop("", None)
    return said, implied


def _readings(word: Word, stance: int, said: Stances, implied: Stances) -> list[tuple[str, set[int], int]]:
    """How the evidence says the terms of a word, and how the claim does: "unlikely" is "likely", denied."""
    if not set(word.terms) & said.keys():
        bare = _without_prefix(word.low)
        if bare in said:
            return [("", said[bare], -stance)]
        return [("", implied[term], stance) for term in word.terms if term in implied]
    return [(term, said[term], stance) for term in word.terms if term in said]


def _is_measure(word: Word) -> bool:
    return word.low.removesuffix("s") in _MEASURES or word.low in NUMBER_WORDS or word.low[0].isdigit()


def _without_prefix(low: str) -> str:
    """The stem of a word without the prefix that denies it: "unlikely" says "likely" denied; "" without one."""
    for prefix in _PREFIXES:
        if low.startswith(prefix) and len(low) > len(prefix) + 3:
            return stem(low.removeprefix(prefix))
    return ""
