"""Question to ranked passages: candidates, then two rounds of a walk over the names that passages share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kg.store import Row
from qa.link import Link
from qa.question import Question
from qa.ranking import Floats
from qa.ranking.features import Described
from qa.ranking.pool import Pool, gather, read, widen
from qa.ranking.walk import Weights, alone, shipped_weights, walk
from qa.recorder import Recorder

_SOURCES = 12
_LEADS = 4
#: How often what the best passages name is followed, from where it may lead on.
ROUNDS = 2
_HOPS = 2
# Scores are compared to so many digits, so that the last bit of a machine does not order what is equal.
_DIGITS = 6
# The constant of reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009): `fused` stands for the rank.
_RRF = 60


@dataclass(frozen=True, slots=True)
class Explored:
    """Candidates: `ids` [P], `passages` [P, F], `links` [K, P, L] of the candidates at `sources` [K], `scores` [P]."""

    ids: list[str]
    passages: Floats
    links: Floats
    sources: list[int]
    scores: Floats


def rank_passages(
    question: Question, links: Sequence[Link], recorder: Recorder, k: int, rounds: int = ROUNDS
) -> list[Row]:
    """The `k` best passages, best first, ties by id, each with its `score` and `fused`, the reciprocal of its rank.

    `rounds`: how often what the best of them name is followed.
    """
    pool = gather(question, links, recorder)
    if not pool.candidates:
        return []
    explored = explore(pool, recorder, shipped_weights(), rounds)
    order = _order(explored.ids, explored.scores)[:k]
    ranked = [(explored.ids[place], round(float(explored.scores[place]), _DIGITS)) for place in order]
    rows = {identity: reading.row for identity, reading in pool.read.items()}
    unread = sorted({identity for identity, _ in ranked} - rows.keys())
    if unread:
        rows |= {row["id"]: row for row in recorder.run("passages_by_id", passage_ids=unread)}
    return [
        {**rows[identity], "score": score, "fused": round(1 / (_RRF + rank), 9)}
        for rank, (identity, score) in enumerate(ranked, start=1)
        if identity in rows
    ]


def explore(pool: Pool, recorder: Recorder, weights: Weights, rounds: int = ROUNDS) -> Explored:
    """Walk from the best candidates, let what they name into the pool, and walk again from the then best."""
    described = Described(pool)
    scores = alone(described.passages, weights)
    places: list[int] = []
    links = described.links([])
    for _ in range(rounds):
        sources = [described.ids[place] for place in _order(described.ids, scores)[:_SOURCES]]
        read(pool, sources, recorder)
        sources = [source for source in sources if source in pool.read]
        leads = filter(None, (described.lead(source) for source in sources[:_LEADS]))
        widen(pool, sources, " ".join(leads), recorder)
        described = Described(pool)
        places, links = [described.place(source) for source in sources], described.links(sources)
        scores = walk(described.passages, links, places, _HOPS, weights)
    return Explored(described.ids, described.passages, links, places, scores)


def _order(ids: Sequence[str], scores: Floats) -> list[int]:
    """Places by score, best first; `ids` are sorted, so that a stable sort breaks ties by id."""
    return [int(place) for place in np.argsort(-np.round(scores, _DIGITS), kind="stable")]
