"""Scores of candidates: how good evidence each is by itself, and at the end of a chain that begins with the question.

A log-linear walk. With s(p) the score of a passage by itself, softmax(s) is where a reader starts; from a source i the
step to j has the score g(i, j). After each hop a passage's score is log(exp(c s(p)) + b sum_i start(i) exp g(i, p)),
and the next hop starts from there: personalised PageRank with learned transitions, of as many steps as there are hops.
The weights were fitted by listwise softmax (Cao et al., ICML 2007), see weights.toml.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from qa.ranking import Floats
from qa.ranking.features import LINK, PASSAGE

WEIGHTS = Path(__file__).parent / "weights.toml"


@dataclass(frozen=True, slots=True)
class Weights:
    """`passage` [len(PASSAGE)], `link` [len(LINK)], `target` [len(PASSAGE)]; `start`, `bridge`, `keep` of the walk."""

    passage: Floats
    link: Floats
    target: Floats
    start: float
    bridge: float
    keep: float
    version: str


@cache
def shipped_weights() -> Weights:
    """The weights in weights.toml."""
    held = tomllib.loads(WEIGHTS.read_text("utf-8"))
    return Weights(
        passage=np.array([held["passage"][name] for name in PASSAGE]),
        link=np.array([held["link"][name] for name in LINK]),
        target=np.array([held["target"][name] for name in PASSAGE]),
        start=held["walk"]["start"],
        bridge=held["walk"]["bridge"],
        keep=held["walk"]["keep"],
        version=held["version"],
    )


def alone(passages: Floats, weights: Weights) -> Floats:
    """The scores [P] of passages by themselves."""
    scores: Floats = passages @ weights.passage
    return scores


def walk(passages: Floats, links: Floats, sources: list[int], hops: int, weights: Weights) -> Floats:
    """The scores [P] after so many hops over `links` [len(sources), P, len(LINK)] of the candidates at `sources`."""
    own = alone(passages, weights)
    steps = links @ weights.link + (passages @ weights.target)[None, :]
    steps[np.arange(len(sources)), sources] = -np.inf
    scores = own
    for _ in range(hops):
        start = weights.start * scores[sources]
        start = start - _log_sum(start)
        scores = np.logaddexp(weights.keep * own, weights.bridge + _log_sum(start[:, None] + steps))
    return scores


def _log_sum(values: Floats) -> Floats:
    """log of the sum of exp over the first axis."""
    high = values.max(axis=0)
    high = np.where(np.isfinite(high), high, 0.0)
    total: Floats = high + np.log(np.exp(values - high).sum(axis=0) + 1e-300)
    return total
