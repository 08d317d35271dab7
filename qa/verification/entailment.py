"""How probably evidence says what a claim says: nearness of sentences by the embedding model, and covered words.

A logistic regression over a few signs; its weights are in weights.toml, fitted by scripts/fit_verification.py.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np

from kg.terms import terms
from qa.nearness import vectors_of
from qa.verification.evidence import Evidence, pairs_of
from qa.verification.reading import Word, words_of

WEIGHTS = Path(__file__).parent / "weights.toml"
# Cosines of two words alone from which they begin to mean alike, and from which they mean the same.
_ALIKE, _SAME = 0.35, 0.7
_WORDS_COMPARED = 80


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells of entailment, each from 0 to 1.

    `near`: the best cosine of the claim with a sentence, or two neighbouring ones, of the evidence; `covered`: how much
    of its words the evidence says, `together`: how much of them one sentence (or two) says; `strange`: how much there
    is in the longest run of words that the evidence does not say; `lone`: how much in single ones.
    """

    near: float
    covered: float
    together: float
    strange: float


#: The names of the signs, in the order of their weights.
NAMES = tuple(field.name for field in fields(Signs))


def signs_of(claim: str, evidence: Evidence, question: str) -> Signs:
    """The signs for a claim without its marks."""
    units = (*evidence.units, *pairs_of(evidence.units))
    if not units:
        return Signs(0.0, 0.0, 0.0, 1.0)
    words = [word for word in words_of(claim) if word.terms and not _is_value(word)]
    vectors = vectors_of((claim, f"{question} {claim}", *units))
    near = float(np.max(vectors[2:] @ vectors[:2].T))
    if not words:
        return Signs(near, 1.0, 1.0, 0.0)
    asked, named = frozenset(terms(question)), frozenset(terms(evidence.context))
    strengths = _strengths(words, evidence, asked | named)
    held = [frozenset(terms(unit)) | named for unit in units]
    together = max(_mean([_share(word, unit) for word in words]) for unit in held)
    return Signs(near, _mean(strengths), together, _longest_run(strengths))


def probability_of(signs: Signs) -> float:
    """The probability that claims with these signs are said by their evidence."""
    weights = read_weights()
    odds = weights["bias"] + sum(weights[name] * getattr(signs, name) for name in NAMES)
    return 1 / (1 + math.exp(-odds))


def is_entailed(claim: str, evidence: Evidence, question: str) -> bool:
    """Whether the evidence says what a claim says, so far as words and their meaning tell."""
    return probability_of(signs_of(claim, evidence, question)) >= read_weights()["enough"]


@cache
def read_weights() -> Mapping[str, float]:
    """The weights in weights.toml, with the bias and the probability that is enough."""
    held = tomllib.loads(WEIGHTS.read_text("utf-8"))
    return {**held["weights"], "bias": held["bias"], "enough": held["enough"]}


def _is_value(word: Word) -> bool:
    return any(character.isdigit() for character in word.low)


def _strengths(words: Sequence[Word], evidence: Evidence, granted: frozenset[str]) -> list[float]:
    """How far the evidence says each word: as such, by initials, or by words that mean alike."""
    missing = [w for w in words if not set(w.terms) <= evidence.terms | granted]
    near = _nearest(missing, evidence)
    return [near.get(word.low, 1.0) for word in words]


def _nearest(missing: Sequence[Word], evidence: Evidence) -> dict[str, float]:
    if not missing:
        return {}
    others = list(dict.fromkeys(w.low for unit in evidence.units for w in words_of(unit) if w.terms and not _is_value(w)))
    lows = list(dict.fromkeys(word.low for word in missing))
    if not others:
        return dict.fromkeys(lows, 0.0)
    cosines = np.max(vectors_of(lows) @ vectors_of(others[:_WORDS_COMPARED]).T, axis=1)
    return {low: min(1.0, max(0.0, (float(c) - _ALIKE) / (_SAME - _ALIKE))) for low, c in zip(lows, cosines, strict=True)}


def _share(word: Word, held: frozenset[str]) -> float:
    return sum(term in held for term in word.terms) / len(word.terms)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _longest_run(strengths: Sequence[float]) -> float:
    """The most that is missing in a row, as a share of four words."""
    best = run = 0.0
    for strength in strengths:
        run = run + 1 - strength if strength < 0.5 else 0.0
        best = max(best, run)
    return min(best / 4, 1.0)
