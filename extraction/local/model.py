"""The local model at run time: the encoder with its tagger by ONNX Runtime, the relation scorer in numpy.

Each window runs alone, so what is found in it never depends on its neighbours in a batch: the encoder's activations
are quantised with one scale a run. Training is in `extraction.training`.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extraction.local.decode import PredictedEntity, PredictedRelation, bio_tags, decode, distance
from extraction.local.encode import Pieces

Floats = NDArray[np.float32]
MAX_MENTIONS = 64  # of one window that are paired: 64 * 63 pairs


@dataclass(frozen=True, slots=True)
class Labels:
    """What the model can say, in the order of its scores, and from which probability on it says a relation."""

    types: tuple[str, ...]
    relations: tuple[str, ...]
    threshold: float = 0.5

    def to_json(self) -> str:
        """As the model folder holds it."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> "Labels":
        """Of `to_json`."""
        read = json.loads(text)
        return Labels(tuple(read["types"]), tuple(read["relations"]), read["threshold"])


@dataclass(frozen=True, slots=True)
class Encoding:
    """One window read by the encoder: its pieces, their states [pieces, 384] and attention [heads, pieces, pieces]."""

    pieces: Pieces
    states: Floats
    attention: Floats


class Encoder:
    """The encoder with its tagger; one object may be used from several threads at once."""

    def __init__(self, model: bytes, types: Sequence[str]) -> None:
        self.model, self._tags = model, bio_tags(types)
        onnxruntime: Any = import_module("onnxruntime")
        options = onnxruntime.SessionOptions()
        # One thread a window, several windows at once: without barriers inside a run a busy machine costs least.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def entities(self, pieces: Pieces) -> tuple[list[PredictedEntity], Encoding]:
        """The mentions of one window, whose words count from 0, and its encoding; see `encode.windows`."""
        feed = {
            "ids": np.array([pieces.ids], np.int64),
            "shapes": np.array([pieces.shapes], np.int64),
        }
        states, attention, scores = self._session.run(["states", "attention", "tags"], feed)
        found = decode(scores[0, list(pieces.firsts)], self._tags)
        return found, Encoding(pieces, states[0], attention[0])


@dataclass(frozen=True)
class PairScorer:
    """Scores every ordered pair of a window's mentions for every relation; weights as in `training.network`."""

    weights: dict[str, Floats]
    labels: Labels

    def relations(self, encoding: Encoding, entities: Sequence[PredictedEntity]) -> list[PredictedRelation]:
        """The relations whose probability reaches the threshold, in the order of the pairs.

        Of a window with more than MAX_MENTIONS mentions the first are paired.
        """
        if len(entities) < 2 or not self.labels.relations:
            return []
        scores = self._scores(encoding, entities[:MAX_MENTIONS])
        found = np.argwhere(scores >= self.labels.threshold)
        return [
            PredictedRelation(int(i), int(j), self.labels.relations[k], float(scores[i, j, k]))
            for i, j, k in found
            if i != j
        ]

    @cached_property
    def _types(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.labels.types)}

    def _scores(self, encoding: Encoding, entities: Sequence[PredictedEntity]) -> Floats:
        w = self.weights
        firsts = [encoding.pieces.firsts[item.start] for item in entities]
        lasts = [encoding.pieces.firsts[item.end - 1] for item in entities]
        kinds = [self._types[item.type] for item in entities]
        ends = np.concatenate([encoding.states[firsts], encoding.states[lasts]], axis=-1)
        head = ends @ w["pair.head"] + w["pair.head_type"][kinds]
        tail = ends @ w["pair.tail"] + w["pair.tail_type"][kinds]
        look = encoding.attention[:, firsts].transpose(2, 1, 0)  # [pieces, mentions, heads]
        both = (look @ look.transpose(0, 2, 1)).transpose(1, 2, 0)  # [mentions, mentions, pieces]
        both /= both.sum(-1, keepdims=True) + 1e-9
        context = both @ (encoding.states @ w["pair.context"])
        spans = [(item.start, item.end) for item in entities]
        apart = np.array([[distance(a, b) for b in spans] for a in spans])
        hidden = head[:, None] + tail[None] + context + w["pair.distance"][apart] + w["pair.bias"]
        scores = np.maximum(hidden, 0) @ w["label.weight"] + w["label.bias"]
        chances: Floats = 1 / (1 + np.exp(-scores))
        return chances
