"""Personalised PageRank over the passages of a pool and the entities that they mention.

Haveliwala 2002, "Topic-sensitive PageRank"; over passages and entities as in HippoRAG 2 (Gutiérrez et al. 2025): the
walk restarts at the entities that the question names and, less often, at the passages that are nearest to it.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from qa.ranking import Floats

_DAMPING = 0.5
_ITERATIONS = 20
# What all passages together get of the restarts where the question names an entity.
_PASSAGES_SHARE = 0.3
_LEAST = 1e-12


def pagerank(mentions: csr_array, near: Floats, asked: Sequence[Sequence[int]]) -> Floats:
    """The rank of each passage [P], relative to the highest.

    `mentions` [P, E] weighs how strongly passages are joined to entities, 0 for not at all; `near` [P] are their
    cosines with the question; `asked` the entities that each name in the question may stand for.
    """
    passages, entities = mentions.shape
    restart = restarts(near, entities, asked)
    at_passages, at_entities = restart[:passages], restart[passages:]
    of_passage, of_entity = (1 / np.maximum(mentions.sum(axis), _LEAST) for axis in (1, 0))
    back = mentions.T
    rank = at_passages
    # Each passage shares out what it has among its entities, each entity among its passages. Every other step of each
    # side rests on the other's steps in between alone, so the half of both that the last one rests on is enough.
    for _ in range(_ITERATIONS // 2):
        entity_rank = (1 - _DAMPING) * at_entities + _DAMPING * (back @ (rank * of_passage))
        rank = (1 - _DAMPING) * at_passages + _DAMPING * (mentions @ (entity_rank * of_entity))
    relative: Floats = rank / max(float(rank.max()), _LEAST)
    return relative


def restarts(near: Floats, entities: int, asked: Sequence[Sequence[int]]) -> Floats:
    """Where the walk restarts: the shares [P + E] of passages and entities, 1 in sum."""
    named = np.zeros(entities)
    for places in asked:
        named[list(places)] += 1 / max(len(places), 1)
    total = named.sum()
    close = np.exp(10 * (near - near.max()))
    close *= (_PASSAGES_SHARE if total else 1.0) / close.sum()
    return np.concatenate([close, named * (1 - _PASSAGES_SHARE) / max(total, _LEAST)])
