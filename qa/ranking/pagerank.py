"""Personalised PageRank over the passages of a pool and the entities that they mention.

Haveliwala 2002, "Topic-sensitive PageRank"; over passages and entities as in HippoRAG 2 (Gutiérrez et al. 2025): the
walk restarts at the entities that the question names and, less often, at the passages that are nearest to it.
"""

import numpy as np
from scipy.sparse import coo_matrix, diags

from qa.ranking import Floats
from qa.ranking.pool import Pool

_DAMPING = 0.5
_ITERATIONS = 20
# What all passages together get of the restarts where the question names an entity.
_PASSAGES_SHARE = 0.3


def pagerank(pool: Pool, ids: list[str]) -> Floats:
    """The rank of each passage of `ids` [P], relative to the highest."""
    entities = sorted({name for identity in ids for name in pool.candidates[identity].names})
    place = {name: len(ids) + at for at, name in enumerate(entities)}
    pairs = [
        (at, place[name], pool.rarity(name))
        for at, identity in enumerate(ids)
        for name in pool.candidates[identity].names
    ]
    size = len(ids) + len(entities)
    restart = _restart(pool, ids, place, size)
    if not pairs:
        return _relative(restart[: len(ids)])
    rows, columns, weights = (np.array(column) for column in zip(*pairs, strict=True))
    edges = coo_matrix((weights, (rows, columns)), shape=(size, size))
    both = (edges + edges.T).tocsr()
    out = np.asarray(both.sum(axis=1)).ravel()
    step = both @ diags(1 / np.maximum(out, 1e-12))  # column j shares out what j has
    rank = restart
    for _ in range(_ITERATIONS):
        rank = (1 - _DAMPING) * restart + _DAMPING * (step @ rank)
    return _relative(rank[: len(ids)])


def _relative(ranks: Floats) -> Floats:
    relative: Floats = ranks / max(float(ranks.max()), 1e-12)
    return relative


def _restart(pool: Pool, ids: list[str], place: dict[str, int], size: int) -> Floats:
    restart = np.zeros(size)
    for name in pool.asked:
        held = [place[entity] for entity in name if entity in place]
        for at in held:
            restart[at] += 1 / len(held)
    near = np.array([pool.candidates[identity].near for identity in ids])
    near = np.exp(10 * (near - near.max()))
    named = restart.sum()
    if named:
        restart *= (1 - _PASSAGES_SHARE) / named
    restart[: len(ids)] += (_PASSAGES_SHARE if named else 1.0) * near / near.sum()
    return restart
