"""The small model of entailment: how surely evidence says what a claim says, read word for word beside it.

A cross-encoder: MiniLM's encoder (Wang et al. 2020) reads claim and evidence together, as BERT does for pairs of
sentences (Devlin et al. 2019). scripts/train_entailment.py trains it; model/MODEL_CARD.md tells on what.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.embedding import EmbeddingModelMissing
from qa.verification.pairs import pair_of

FOLDER = Path(__file__).parent / "model"
ENCODER, HEAD = "entailment.onnx", "head.npz"
_KEPT = 20_000


def read_files(folder: Path = FOLDER) -> tuple[bytes, bytes]:
    """The encoder and the head of a model. Raises `EmbeddingModelMissing`."""
    try:
        return (folder / ENCODER).read_bytes(), (folder / HEAD).read_bytes()
    except FileNotFoundError as error:
        raise EmbeddingModelMissing(
            f"The model of entailment's file {error.filename} is missing: reinstall the package."
        ) from error


class Judge:
    """A trained model; one object may be used from several threads at once."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Load the model. Raises `EmbeddingModelMissing` where its files are not there."""
        onnxruntime: Any = import_module("onnxruntime")
        options = onnxruntime.SessionOptions()
        # One thread a claim, several claims at once: without barriers inside a run a busy machine costs least.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model, head_weights = read_files(folder)
        self._session: Any = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        with np.load(BytesIO(head_weights)) as held:
            self._head = {name: held[name] for name in held.files}

    def support(self, claim: str, context: str, units: tuple[str, ...]) -> float:
        """The log odds that evidence supports a claim; `context` is what its documents are called.

        The same arguments give the same number on the same kind of processor.
        """
        pair = pair_of(claim, context, units)
        feed = {"ids": np.array([pair.ids], np.int64), "shapes": np.array([pair.standings], np.int64)}
        (states,) = self._session.run(["states"], feed)
        return head(self._head, states[0], pair.claim_end)


def head(weights: Mapping[str, NDArray[np.float32]], states: NDArray[np.float32], claim_end: int) -> float:
    """The log odds from the states [pieces, width]: from the first one and the mean of the claim's."""
    said = states[1:claim_end].mean(0) if claim_end > 1 else np.zeros_like(states[0])
    hidden = np.maximum(np.concatenate([states[0], said]) @ weights["head.weight"] + weights["head.bias"], 0)
    return float((hidden @ weights["out.weight"] + weights["out.bias"])[0])


@lru_cache(maxsize=_KEPT)
def support_of(claim: str, context: str, units: tuple[str, ...]) -> float:
    """The log odds that evidence supports a claim by the shipped model; see `Judge.support`."""
    return load().support(claim, context, units)


@cache
def load() -> Judge:
    """The shipped model, loaded once. Raises `EmbeddingModelMissing`."""
    return Judge()
