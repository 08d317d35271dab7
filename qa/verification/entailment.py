"""How probably evidence says what a claim says.

What the small model of entailment says, nearness by the embedding model, and how many words are covered, by a logistic
regression over these signs; its weights are in weights.toml, fitted by scripts/fit_verification.py.
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
from qa.verification.checks import Finding
from qa.verification.evidence import Evidence, fields_of
from qa.verification.judge import support_of
from qa.verification.quantities import quantities_of
from qa.verification.rarity import rarity
from qa.verification.reading import Word, words_of

WEIGHTS = Path(__file__).parent / "weights.toml"
# Of so many sentences of the evidence, the nearest ones, the parts, words and neighbours are looked at.
_NEAREST = 8
# Cosines of two words alone from which they begin to mean alike, and from which they mean the same.
_ALIKE, _SAME = 0.35, 0.7
# Verbs that carry another word, adverbs that say how sure the writer is, and what other checks look at.
_FRAME = frozenset(
    stem(word)
    for word in """come go get got take make give went came took made gave given taken done put set use serve receive
    stay remain keep call say tell told said state speak count mean apply follow run work lie stand start base reach
    happen occur involve concern regard relate include contain mention specify describe record suggest appear seem
    consider think expect like currently presently generally usually normally typically apparently probably mainly
    chiefly mostly initially originally actually specifically namely well twice ago far together certain particular
    different various latest later less lower longer due allow permit require amount ceiling minimum maximum cap limit
    provided kind case part way point thing main overall number order time rule according
    minute document evidence""".split()
)
_CUTS = frozenset(". , ; : ! ? ( ) and or but while whereas although who which that if unless when because".split())
_JOINTS = _CUTS | frozenset("by through via with for in on at to from under into of as after before".split())
# "The minutes suggest that" takes at most so many characters.
_REPORTING = 40
_ACRONYM = 3
_INITIAL = re.compile(r"(?<![^\W_])[^\W_]")
# Less than this is missing where another word means about the same.
_GONE = 0.1
# So much is missing, in rare words, that more makes no difference.
_RARE_WORDS = 2.0


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells of entailment, each from 0 to 1; rare words count for more than common ones.

    `near`: the best cosine of the claim with a sentence, or two neighbouring ones, of the evidence; `covered`: how much
    of its words the evidence says; `together`: how much of them one sentence says; `strange`: how much stands in the
    longest run of words that the evidence does not say, `weakest`: or between two joints of the claim; `part`: how near
    the evidence comes to the claim's farthest part.
    """

    near: float
    covered: float
    together: float
    strange: float
    weakest: float
    part: float


_NOTHING = Signs(0.0, 0.0, 0.0, 1.0, 1.0, 0.0)
_WORDS = tuple(field.name for field in fields(Signs))
#: All that is weighed, in the order of `features`.
NAMES = (*_WORDS, "support")
# Log odds beyond which the model is taken to be as sure as it can be.
_MOST_ODDS = 6.0


def is_entailed(claim: str, evidence: Evidence, question: str, before: str, found: Sequence[Finding]) -> bool:
    """Whether the evidence says what a claim says; `before` as in `signs_of`.

    Where checks found something against it, that is so only if it is very probable.
    """
    weights = read_weights()
    told = zip(NAMES, features(claim, evidence, question, before), strict=True)
    odds = weights["bias"] + sum(weights[name] * value for name, value in told)
    return 1 / (1 + math.exp(-odds)) >= weights["sure" if found else "enough"]


def features(claim: str, evidence: Evidence, question: str, before: str) -> tuple[float, ...]:
    """What is weighed, by `NAMES`: the signs, and the model's log odds."""
    signs = signs_of(claim, evidence, question, before)
    context = f"{evidence.context}. {before}" if before else evidence.context
    support = min(_MOST_ODDS, max(-_MOST_ODDS, support_of(claim, context, evidence.units)))
    return (*(getattr(signs, name) for name in _WORDS), support)


@cache
def read_weights() -> Mapping[str, float]:
    """The weights in weights.toml, with the bias and from which probability on a claim is supported."""
    held = tomllib.loads(WEIGHTS.read_text("utf-8"))
    return {**held["weights"], **{name: held[name] for name in ("bias", "enough", "sure")}}


def signs_of(claim: str, evidence: Evidence, question: str, before: str = "") -> Signs:
    """The signs for a claim without its marks; `before` is the sentence before it, which its pronouns speak of."""
    if not evidence.units:
        return _NOTHING
    # A short answer says little without its question, nor a pronoun without what it stands for.
    forms = vectors_of((claim, f"{question} {claim}", f"{before} {claim}"))
    cosines = np.max(vectors_of(evidence.units) @ forms.T, axis=1)
    nearest = sorted(int(place) for place in np.argsort(-cosines, kind="stable")[:_NEAREST])
    pairs = [f"{evidence.units[n]} {evidence.units[n + 1]}" for n in nearest if n + 1 < len(evidence.units)]
    near = max(float(np.max(cosines)), float(np.max(vectors_of(pairs) @ forms.T)) if pairs else 0.0)
    units = [evidence.units[place] for place in nearest]
    words = _telling(claim)
    if not words:
        return Signs(near, 1.0, 1.0, 0.0, 0.0, 1.0)
    named = frozenset(terms(evidence.context))
    strengths = _strengths(words, units, evidence.terms | named | frozenset(terms(f"{question} {before}")))
    weights = [1.0 if word.capital else rarity(word.low) for word in words]
    missing = {word.start: (1 - s) * w for word, s, w in zip(words, strengths, weights, strict=True)}
    held = [frozenset(terms(text)) | named for text in (*units, *pairs)]
    return Signs(
        near,
        _mean(strengths, weights),
        max(_mean([_share(word, said) for word in words], weights) for said in held),
        _longest_run(words, missing),
        _weakest_part(claim, missing),
        _nearest_part(claim, units, missing),
    )


def _telling(text: str) -> list[Word]:
    """The words to be looked for: no values, and none that only frame what is said."""
    values = [(value.start, value.end) for value in quantities_of(text)]
    return [
        word
        for word in words_of(text)
        if set(word.terms) - _FRAME and not any(start <= word.start < end for start, end in values)
    ]


def _strengths(words: Sequence[Word], units: Sequence[str], granted: frozenset[str]) -> list[float]:
    """How far the evidence says each word: as such, by initials, or by words that mean alike."""
    missing = [w.low for w in words if not (set(w.terms) <= granted or _is_acronym(w, units))]
    others = list(dict.fromkeys(word.low for unit in units for word in _telling(unit)))
    near = dict.fromkeys(missing, 0.0)
    if missing and others:
        lows = list(near)
        cosines = np.max(vectors_of(lows) @ vectors_of(others).T, axis=1)
        for low, cosine in zip(lows, cosines, strict=True):
            near[low] = min(1.0, max(0.0, (float(cosine) - _ALIKE) / (_SAME - _ALIKE)))
    return [near.get(word.low, 1.0) for word in words]


def _is_acronym(word: Word, units: Sequence[str]) -> bool:
    """Whether the evidence writes out what a word in capitals stands for: "MFA", "CET"."""
    if not word.text.isupper() or len(word.text) < _ACRONYM:
        return False
    return any(word.low in "".join(_INITIAL.findall(unit.casefold())) for unit in units)


def _share(word: Word, held: frozenset[str]) -> float:
    return sum(term in held for term in word.terms) / len(word.terms)


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)


def _longest_run(words: Sequence[Word], missing: Mapping[int, float]) -> float:
    """The most that is missing in a row."""
    best = run = 0.0
    for word in words:
        gone = missing[word.start]
        run = run + gone if gone > _GONE else 0.0
        best = max(best, run)
    return min(best / _RARE_WORDS, 1.0)


def _weakest_part(claim: str, missing: Mapping[int, float]) -> float:
    """The most that is missing between two joints of the claim."""
    most = part = 0.0
    for word in words_of(claim):
        part = 0.0 if word.low in _JOINTS else part + missing.get(word.start, 0.0)
        most = max(most, part)
    return min(most / _RARE_WORDS, 1.0)


def _nearest_part(claim: str, units: Sequence[str], missing: Mapping[int, float]) -> float:
    """How near the claim's farthest part is to any of the evidence; one whose words are there is as near as can be."""
    far = []
    for start, part in _parts(claim):
        gone = sum(weight for place, weight in missing.items() if start <= place < start + len(part))
        if gone:
            far.append((part, min(gone, 1.0)))
    if not far:
        return 1.0
    others = list(dict.fromkeys([*units, *(part for unit in units for part in _parts_of_evidence(unit))]))
    cosines = np.max(vectors_of([part for part, _ in far]) @ vectors_of(others).T, axis=1)
    return min(1 - gone * (1 - float(cosine)) for (_, gone), cosine in zip(far, cosines, strict=True))


def _parts_of_evidence(unit: str) -> list[str]:
    """The parts of a sentence, or the fields of a row of a table."""
    row = fields_of(unit)
    return [f"{name.replace('_', ' ')} {value}" for name, value in row] or [part for _, part in _parts(unit)]


def _parts(text: str) -> list[tuple[int, str]]:
    """A text cut at its conjunctions and commas: the parts with words of their own, with where they begin."""
    parts, begin = [], 0
    for word in words_of(text):
        if word.low in _CUTS:
            # "The minutes suggest that": who says it is no part of what is said.
            if word.low != "that" or begin or word.start > _REPORTING:
                parts.append((begin, text[begin : word.start]))
            begin = word.start + len(word.text)
    parts.append((begin, text[begin:]))
    return [(start, part) for start, part in parts if _telling(part)]
