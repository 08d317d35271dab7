"""How probably evidence says what a claim says: nearness of sentences by the embedding model, and covered words.

A logistic regression over a few signs; its weights are in weights.toml, fitted by scripts/fit_verification.py.
"""

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np

from kg.terms import stem, terms
from qa.nearness import vectors_of
from qa.verification.evidence import Evidence, fields_of, pairs_of
from qa.verification.quantities import quantities_of
from qa.verification.reading import Word, words_of

WEIGHTS = Path(__file__).parent / "weights.toml"
# Cosines of two words alone from which they begin to mean alike, and from which they mean the same.
_ALIKE, _SAME = 0.35, 0.7
_WORDS_COMPARED = 80
# Verbs and adverbs that carry another word or only how sure the writer is; what they say is seldom in the evidence.
_FRAME = frozenset(
    stem(word)
    for word in """come go get got take make give went came took made gave given taken done put set use serve receive stay remain keep need call say state speak count
    mean apply follow run work lie stand happen occur involve concern regard relate concerned include contain mention
    specify describe set say record suggest appear seem consider think expect like regard currently presently
    generally usually normally typically apparently probably likely mainly chiefly mostly initially originally
    actually specifically namely well once twice ago thus together respective certain particular different various
    far latest later less lower longer due allow permit require tell told said start based reach amount kind case part way point thing main overall number order time rule according minute document evidence""".split()
)
_CUTS = frozenset(". , ; : ! ? ( ) and or but while whereas although who which that if unless when because".split())
_REPORTING = 40
_ACRONYM = 3
_PART = re.compile(r"[^\W_]+")
_JOINTS = frozenset(
    """. , ; : ! ? ( ) and or but while whereas although who which that by through via with for in on at to from under
    into of as if unless when after before because""".split()
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells of entailment, each from 0 to 1.

    `near`: the best cosine of the claim with a sentence, or two neighbouring ones, of the evidence; `covered`: how much
    of its words the evidence says, `together`: how much of them one sentence (or two) says; `strange`: how much there
    is in the longest run of words that the evidence does not say; `weakest`: how little of the claim's weakest part.
    """

    near: float
    covered: float
    together: float
    strange: float
    weakest: float
    part: float


#: The names of the signs, in the order of their weights.
NAMES = tuple(field.name for field in fields(Signs))


def signs_of(claim: str, evidence: Evidence, question: str, before: str = "") -> Signs:
    """The signs for a claim without its marks; `before` is the sentence before it, which its pronouns speak of."""
    units = (*evidence.units, *pairs_of(evidence.units))
    if not units:
        return Signs(0.0, 0.0, 0.0, 1.0, 1.0, 0.0)
    words = _telling(claim)
    forms = (claim, f"{question} {claim}", f"{before} {claim}")
    near = float(np.max(vectors_of(units) @ vectors_of(forms).T))
    if not words:
        return Signs(near, 1.0, 1.0, 0.0, 0.0, near)
    named = frozenset(terms(evidence.context))
    strengths = _strengths(words, evidence, named | frozenset(terms(f"{question} {before}")))
    held = [frozenset(terms(unit)) | named for unit in units]
    together = max(_mean([_share(word, unit) for word in words]) for unit in held)
    return Signs(near, _mean(strengths), together, _longest_run(strengths), _weakest_part(claim, words, strengths), _nearest_part(claim, evidence, words, strengths))


def probability_of(signs: Signs) -> float:
    """The probability that claims with these signs are said by their evidence."""
    weights = read_weights()
    odds = weights["bias"] + sum(weights[name] * getattr(signs, name) for name in NAMES)
    return 1 / (1 + math.exp(-odds))


def is_entailed(claim: str, evidence: Evidence, question: str, before: str = "") -> bool:
    """Whether the evidence says what a claim says, so far as words and their meaning tell."""
    return probability_of(signs_of(claim, evidence, question, before)) >= read_weights()["enough"]


@cache
def read_weights() -> Mapping[str, float]:
    """The weights in weights.toml, with the bias and the probability that is enough."""
    held = tomllib.loads(WEIGHTS.read_text("utf-8"))
    return {**held["weights"], "bias": held["bias"], "enough": held["enough"]}


def _telling(text: str) -> list[Word]:
    """The words to be looked for: no values, and none that only frame what is said."""
    values = [(value.start, value.end) for value in quantities_of(text)]
    return [
        word
        for word in words_of(text)
        if set(word.terms) - _FRAME and not any(start <= word.start < end for start, end in values)
    ]


def _strengths(words: Sequence[Word], evidence: Evidence, granted: frozenset[str]) -> list[float]:
    """How far the evidence says each word: as such, by initials, or by words that mean alike."""
    missing = [w for w in words if not (set(w.terms) <= evidence.terms | granted or _is_acronym(w, evidence))]
    near = _nearest(missing, evidence)
    return [near.get(word.low, 1.0) for word in words]


def _is_acronym(word: Word, evidence: Evidence) -> bool:
    """Whether the evidence writes out what a word in capitals stands for: "MFA", "CET"."""
    if not word.text.isupper() or len(word.text) < _ACRONYM:
        return False
    return any(word.low in "".join(part[0] for part in _PART.findall(unit.casefold())) for unit in evidence.units)


def _nearest(missing: Sequence[Word], evidence: Evidence) -> dict[str, float]:
    if not missing:
        return {}
    others = list(dict.fromkeys(word.low for unit in evidence.units for word in _telling(unit)))
    lows = list(dict.fromkeys(word.low for word in missing))
    if not others:
        return dict.fromkeys(lows, 0.0)
    cosines = np.max(vectors_of(lows) @ vectors_of(others[:_WORDS_COMPARED]).T, axis=1)
    return {low: min(1.0, max(0.0, (float(c) - _ALIKE) / (_SAME - _ALIKE))) for low, c in zip(lows, cosines, strict=True)}


def _share(word: Word, held: frozenset[str]) -> float:
    return sum(term in held for term in word.terms) / len(word.terms)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _weakest_part(claim: str, words: Sequence[Word], strengths: Sequence[float]) -> float:
    """The most that is missing between two joints of the claim, as a share of three words."""
    missing = {word.start: 1 - strength for word, strength in zip(words, strengths, strict=True)}
    most = part = 0.0
    for word in words_of(claim):
        part = 0.0 if word.low in _JOINTS else part + missing.get(word.start, 0.0)
        most = max(most, part)
    return min(most / 3, 1.0)


def parts_of(text: str) -> list[str]:
    """A text cut at its conjunctions and commas, in parts with words of their own; a row of a table in its fields."""
    if row := fields_of(text):
        return [f"{name.replace('_', ' ')} {value}" for name, value in row]
    parts, begin = [], 0
    for word in words_of(text):
        if word.low in _CUTS:
            # "The minutes suggest that": who says it is no part of what is said.
            if word.low != "that" or begin or word.start > _REPORTING:
                parts.append(text[begin : word.start])
            begin = word.start + len(word.text)
    parts.append(text[begin:])
    return [part.strip() for part in parts if _telling(part)]


def _nearest_part(claim: str, evidence: Evidence, words: Sequence[Word], strengths: Sequence[float]) -> float:
    """How near the claim's farthest part is to any of the evidence, by its words or by its meaning."""
    others = list(dict.fromkeys([*evidence.units, *(part for unit in evidence.units for part in parts_of(unit))]))
    held = {word.low: strength for word, strength in zip(words, strengths, strict=True)}
    parts = [(part, _mean([held.get(word.low, 1.0) for word in _telling(part)])) for part in parts_of(claim)]
    far = [part for part, said in parts if said < 1]
    cosines = np.max(vectors_of(far) @ vectors_of(others).T, axis=1) if far and others else []
    nearest = dict(zip(far, map(float, cosines), strict=True))
    return min((max(said, nearest.get(part, 0.0)) for part, said in parts), default=1.0)


def _longest_run(strengths: Sequence[float]) -> float:
    """The most that is missing in a row, as a share of four words."""
    best = run = 0.0
    for strength in strengths:
        run = run + 1 - strength if strength < 0.5 else 0.0
        best = max(best, run)
    return min(best / 4, 1.0)
