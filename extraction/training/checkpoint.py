"""What a training needs to go on after an interruption: its state after the last whole epoch, in one file."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np

from extraction.training.examples import Example
from extraction.training.recipe import Training


def training_key(training: Training, examples: Sequence[Example], weights: dict[str, Any]) -> str:
    """A digest of all that a training depends on; a checkpoint of another key is none of it."""
    digest = hashlib.sha256(repr(training).encode())
    for example in examples:
        digest.update(repr(example.pieces.ids).encode())
        for array in (example.tags, example.mentions, example.relations, example.pairs):
            digest.update(array.tobytes())
    for name in sorted(weights):
        digest.update(name.encode() + np.asarray(weights[name]).tobytes())
    return digest.hexdigest()


def save(path: Path, key: str, epoch: int, state: Any) -> None:
    """Write the state after `epoch` whole epochs, in place of an earlier one, at once or not at all."""
    leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(state)]
    part = path.with_suffix(".part.npz")
    path.parent.mkdir(parents=True, exist_ok=True)
    named = {f"leaf{number}": leaf for number, leaf in enumerate(leaves)}
    np.savez(part, key=np.array(key), epoch=np.array(epoch), **named)  # type: ignore[arg-type]
    part.replace(path)


def load(path: Path, key: str, state: Any) -> tuple[int, Any]:
    """The number of epochs done and the state after them; 0 and the given state where there is no such checkpoint."""
    if not path.exists():
        return 0, state
    with np.load(path) as held:
        if str(held["key"]) != key:
            return 0, state
        leaves = [jax.numpy.asarray(held[f"leaf{number}"]) for number in range(len(jax.tree.leaves(state)))]
        return int(held["epoch"]), jax.tree.unflatten(jax.tree.structure(state), leaves)
