"""Vectors of questions, sentences and words, kept for the life of the process: questions on one corpus share many."""

import threading
from collections.abc import Sequence

import numpy as np

from kg.embedding import default_embedder
from kg.store import Vector

# 1.5 KB each: about 75 MB when full.
_KEPT = 50_000
_held: dict[str, Vector] = {}
_lock = threading.Lock()


def vectors_of(texts: Sequence[str]) -> Vector:
    """Unit vectors [len(texts), 384]; texts seen before cost nothing."""
    with _lock:
        known = {text: _held[text] for text in texts if text in _held}
    new = list(dict.fromkeys(text for text in texts if text not in known))
    known.update(zip(new, default_embedder().embed(new), strict=True))
    with _lock:
        _held.update((text, known[text]) for text in new)
        while len(_held) > _KEPT:
            del _held[next(iter(_held))]
    return np.stack([known[text] for text in texts])
