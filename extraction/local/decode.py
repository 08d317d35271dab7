"""Scores to mentions: the best sequence of BIO tags, and how far apart two mentions stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

#: Words from the end of one mention to the beginning of the other, as ranges; the last is open.
DISTANCES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64)
_FORBIDDEN = -1e9


@dataclass(frozen=True, slots=True)
class PredictedEntity:
    """Words `start` to `end` (exclusive) are a mention of this type, with this probability."""

    start: int
    end: int
    type: str
    score: float


@dataclass(frozen=True, slots=True)
class PredictedRelation:
    """A relation between two mentions, given by their places in the list of entities."""

    head: int
    tail: int
    label: str
    score: float


def bio_tags(types: Sequence[str]) -> tuple[str, ...]:
    """The tags of these entity types: O, then B- and I- of each."""
    return ("O", *(f"{prefix}-{kind}" for kind in types for prefix in ("B", "I")))


def decode(scores: NDArray[np.float32], tags: Sequence[str]) -> list[PredictedEntity]:
    """The mentions of the best legal tag sequence (Viterbi 1967) for scores [words, tags] before the softmax.

    A mention's score is the lowest probability among its words' tags.
    """
    if not len(scores):
        return []
    logs = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    path = _viterbi(logs, _transitions(tuple(tags)))
    found: list[PredictedEntity] = []
    start = 0
    for place, number in enumerate(path):
        tag = tags[number]
        ends = place + 1 == len(path) or tags[path[place + 1]] != f"I{tag[1:]}"
        if tag[0] == "B":
            start = place
        if tag != "O" and ends:
            chosen = logs[np.arange(start, place + 1), path[start : place + 1]]
            found.append(PredictedEntity(start, place + 1, tag[2:], float(np.exp(chosen.min()))))
    return found


@cache
def _transitions(tags: tuple[str, ...]) -> NDArray[np.float32]:
    """What it costs to go from tag to tag [from, to]: I-X follows only B-X and I-X. The first row is also the start."""
    costs = np.zeros((len(tags), len(tags)), np.float32)
    for to, tag in enumerate(tags):
        if tag[0] == "I":
            for origin, before in enumerate(tags):
                if before not in (f"B{tag[1:]}", tag):
                    costs[origin, to] = _FORBIDDEN
    return costs


def _viterbi(logs: NDArray[np.float32], costs: NDArray[np.float32]) -> list[int]:
    single = logs.argmax(axis=1)
    if not (costs[0, single[0]] or costs[single[:-1], single[1:]].any()):
        return [int(number) for number in single]  # each word's best tag, where these are legal together: most often
    best = logs[0] + costs[0]
    back = []
    for row in logs[1:]:
        routes = best[:, None] + costs
        back.append(routes.argmax(axis=0))
        best = routes.max(axis=0) + row
    path = [int(best.argmax())]
    for origins in reversed(back):
        path.append(int(origins[path[-1]]))
    return path[::-1]


def distance(head: tuple[int, int], tail: tuple[int, int]) -> int:
    """Which range of DISTANCES lies between two word spans; those where the tail comes first follow the others."""
    turned = tail[0] < head[0]
    first, second = (tail, head) if turned else (head, tail)
    gap = max(second[0] - first[1] + 1, 1)
    return int(np.searchsorted(DISTANCES, gap)) + (len(DISTANCES) + 1) * turned
