"""Which sentences and clauses of the evidence a claim is about: those that have most of its words."""

from collections.abc import Sequence

from kg.terms import terms
from qa.verification.evidence import Evidence, fields_of
from qa.verification.reading import Clause, clauses_of

# What says so large a share of what the best one says is read, too.
_NEARLY_BEST_UNIT, _NEARLY_BEST_CLAUSE = 0.75, 0.6
# A word that the question has, too, tells less of which sentence is meant.
_ASKED = 0.3


def units_of_claim(claim: str, evidence: Evidence, question: str) -> list[str]:
    """The units of the evidence that say most of any clause of a claim."""
    return list(dict.fromkeys(unit for clause in clauses_of(claim) for unit in units_near(clause, evidence, question)))


def units_near(clause: Clause, evidence: Evidence, question: str) -> list[str]:
    """The units of the evidence that say most of a clause."""
    asked = frozenset(terms(question))
    weights = {term: _ASKED if term in asked else 1.0 for term in clause.terms}
    shares = {unit: sum(weights.get(term, 0.0) for term in frozenset(terms(unit))) for unit in evidence.units}
    most = max(shares.values(), default=0.0)
    return [unit for unit, share in shares.items() if most and share >= _NEARLY_BEST_UNIT * most]


def clauses_near(clause: Clause, units: Sequence[str]) -> list[Clause]:
    """The clauses of some units that share most words with another clause; a row of a table is read whole."""
    rows = [other for unit in units if fields_of(unit) for other in clauses_of(unit)]
    others = [other for unit in units if not fields_of(unit) for other in clauses_of(unit)]
    shares = [len(clause.terms & other.terms) for other in others]
    least = max(1.0, _NEARLY_BEST_CLAUSE * max(shares, default=0))
    return [*rows, *(other for other, share in zip(others, shares, strict=True) if share >= least)]
