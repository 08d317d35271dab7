"""What belongs together: pairs that a claim crosses, and numbers that it takes from another thing."""

from collections.abc import Sequence
from itertools import combinations, permutations

from kg.terms import STOP_WORDS, terms
from kg.values import NUMBER_WORDS
from qa.verification.evidence import Evidence, fields_of
from qa.verification.held import is_same
from qa.verification.names import names_of
from qa.verification.quantities import Quantity, quantities_of
from qa.verification.reading import AUXILIARIES, Word, clauses_of, words_of

_BREAKS = frozenset(
    ". , ; : ! ? ( ) — – and or but while whereas although before after who which whose if unless because".split()
) | {" - "}
# "Polarkeep Oy, which operates the standby environment" is one part.
_RELATIVES = frozenset(("which", "who", "whose"))
_NOUNS = 3
# How many more words a clause with another value must share with the claim's, and what part of those.
_CLEARLY_MORE, _MOST = 3, 0.6
# How many words a claim says of a name at least, how many more of them another name's sentence has, what part of all.
_LEAST_TOLD, _MORE_TOLD, _HALF = 3, 2, 0.5


def crossed(claim: str, units: Sequence[str]) -> bool:
    """Whether two parts of the claim each join what the evidence says in two parts the other way round.

    "Hana manages procurement and Viktor manages payroll", where Hana manages payroll and Viktor procurement.
    """
    mine = _parts(claim)
    theirs = [part for unit in units for part in _parts(unit)]
    together = [frozenset(terms(unit)) if fields_of(unit) else None for unit in units]
    for one, other in combinations(mine, 2):
        first, second = one - other, other - one
        for this, that in permutations(theirs, 2):
            here, there = this - that, that - this
            pairs = (first & here, first & there, second & here, second & there)
            if all(pairs) and not _joined(pairs, [*theirs, *filter(None, together)]):
                return True
    return False


def _joined(pairs: Sequence[frozenset[str]], parts: Sequence[frozenset[str]]) -> bool:
    """Whether any part of the evidence has together what the claim has."""
    return any((pairs[0] & p and pairs[1] & p) or (pairs[2] & p and pairs[3] & p) for p in parts)


def _parts(text: str) -> list[frozenset[str]]:
    """A text in parts, each with a name, a number or an auxiliary verb; what has none belongs to the part before it."""
    if fields_of(text):
        return [frozenset(terms(text))]
    parts: list[list[Word]] = [[]]
    for word in words_of(text):
        if word.low in _BREAKS:
            parts.append([])
        parts[-1].append(word)
    found: list[set[str]] = []
    for part in parts:
        stands = any(word.low in AUXILIARIES or (word.capital and word.terms) or _is_figure(word) for word in part)
        if not found or (stands and part[0].low not in _RELATIVES):
            found.append(set())
        found[-1].update(term for word in part for term in word.terms)
    return [frozenset(part) for part in found if part]


def _is_figure(word: Word) -> bool:
    return word.low[0].isdigit() or word.low in NUMBER_WORDS


def misplaced(claim: str, units: Sequence[str]) -> tuple[Quantity, str] | None:
    """A bare number that the evidence says of something else, with the one that it says of this; None without one.

    "Five failed sign-ins", where the evidence tells of ten failed sign-ins and of five accounts.
    """
    said = [(value, _nouns(value, unit)) for unit in units for value in quantities_of(unit) if value.kind == "number"]
    for value in quantities_of(claim):
        nouns = _nouns(value, claim) if value.kind == "number" and not value.alone else frozenset()
        same = [other for found, other in said if found.number == value.number]
        if not nouns or not same or any(nouns & other or not other for other in same):
            continue
        for found, other in said:
            if nouns & other:
                return value, found.text
    return None


def belongs_elsewhere(claim: str, units: Sequence[str]) -> tuple[Quantity, str] | None:
    """A value that the evidence gives to something else, with the one that it gives to what the claim speaks of.

    "The authority was notified on 17 October", where it was on the 16th, and the employees were on the 17th.
    """
    said = [(value, part) for unit in units if not fields_of(unit) for value, part in _placed(unit)]
    for value, words in _placed(claim):
        same = [len(words & part) for other, part in said if is_same(value, other)]
        others = [(len(words & part), other.text) for other, part in said if _rivals(value, other)]
        most, text = max(others, default=(0, ""))
        if same and most >= max(same) + _CLEARLY_MORE and most >= _MOST * len(words):
            return value, text
    return None


def of_another(claim: str, evidence: Evidence, question: str) -> str:
    """A name of which the claim says what the evidence says of another one; "" without one.

    "Solveig Mjelde barred work on the gable", where that is what Amina Warsame forbade, and of Solveig Mjelde something
    else is told.
    """
    runs = names_of(claim)
    if len(runs) != 1 or len(runs[0]) == 1:  # one word may be short for a longer name
        return ""
    name = frozenset(term for word in runs[0] for term in word.terms)
    units = [frozenset(terms(unit)) for unit in evidence.units]
    named = [frozenset(t for run in names_of(unit) for word in run for t in word.terms) for unit in evidence.units]
    told = frozenset(terms(claim)) - name.union(*named)
    if len(told) < _LEAST_TOLD or not any(name & unit for unit in units):
        return ""
    asked, mine, other = frozenset(terms(question)), 0, 0
    for unit, names in zip(units, named, strict=True):
        if name & unit or not names:  # "She ...", after a sentence about her
            mine = max(mine, len(told & unit))
        elif names - asked:
            other = max(other, len(told & unit))
    return " ".join(word.text for word in runs[0]) if other >= max(mine + _MORE_TOLD, _HALF * len(told)) else ""


def _placed(text: str) -> list[tuple[Quantity, frozenset[str]]]:
    """The values of a text with the terms of the clause that each stands in."""
    values = quantities_of(text)
    spans = [(clause.words[0].start, clause.words[-1].start, clause.terms) for clause in clauses_of(text)]
    figures = {term for value in values for term in terms(value.text)}
    return [(v, part - figures) for v in values for start, end, part in spans if start <= v.start <= end]


def _rivals(value: Quantity, other: Quantity) -> bool:
    return value.kind == other.kind and value.kind != "identifier" and not is_same(value, other)


def _nouns(value: Quantity, text: str) -> frozenset[str]:
    """The terms of the words that follow a number, up to the next break."""
    following: list[str] = []
    for word in words_of(text[value.end :])[:_NOUNS]:
        if word.low in _BREAKS or word.low in STOP_WORDS or word.low[0].isdigit():
            break
        following += word.terms
    return frozenset(following)
