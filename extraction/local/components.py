"""The model as two components of a spaCy pipeline: `evigraph_entities` sets `doc.ents`, `evigraph_relations` sets
`doc._.relations`. With Evigraph installed, `spacy.load(FOLDER)` finds them by their entry points.

Training is `evigraph train`: the components are trained as one network, which spaCy's own loop has no place for.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span

from extraction.local.decode import PredictedEntity, PredictedRelation
from extraction.local.encode import windows
from extraction.local.model import Encoder, Encoding, Labels, PairScorer

#: In `doc.user_data`, from one component to the next: the encoding and the mentions of each window.
_WINDOWS = "evigraph_windows"
SCORES = "evigraph_scores"
_AT_ONCE = 64  # documents whose encodings are held together

_NO_MODEL = "The component {} has no model; load a pipeline that `evigraph train` made."

Read = tuple[int, Encoding, list[PredictedEntity]]

if not Doc.has_extension("relations"):
    Doc.set_extension("relations", default=())


class EntityRecognizer:
    """Mentions of a document as `doc.ents`; their probabilities are `doc.user_data["evigraph_scores"]`, in order."""

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads or 3 * (os.cpu_count() or 1)
        self._labels = Labels((), ())
        self._encoder: Encoder | None = None

    def install(self, encoder: Encoder, labels: Labels) -> None:
        """Take this encoder, which tags these types."""
        self._encoder, self._labels = encoder, labels

    @property
    def labels(self) -> tuple[str, ...]:
        """The entity types."""
        return self._labels.types

    def __call__(self, doc: Doc) -> Doc:
        """Set the document's entities."""
        return self._set(doc, self._read(doc))

    def pipe(self, stream: Iterable[Doc], batch_size: int = _AT_ONCE) -> Iterator[Doc]:
        """Set the entities of many documents, several at once: the encoder's work is outside Python's lock."""
        with ThreadPoolExecutor(self._threads) as pool:
            # Read ahead, so that the threads have work while the caller goes on with what it got.
            ahead: deque[tuple[Doc, Future[list[Read]]]] = deque()
            for doc in stream:
                ahead.append((doc, pool.submit(self._read, doc)))
                if len(ahead) > batch_size:
                    first, found = ahead.popleft()
                    yield self._set(first, found.result())
            for doc, found in ahead:
                yield self._set(doc, found.result())

    def _read(self, doc: Doc) -> list[Read]:
        if self._encoder is None:
            raise ValueError(_NO_MODEL.format("evigraph_entities"))
        words = [token.text for token in doc]
        sentences = [token.i for token in doc if token.is_sent_start] or [0]
        found = []
        for window in windows(words, [0, *(place for place in sentences if place)]):
            entities, encoding = self._encoder.entities(window.pieces)
            found.append((window.start, encoding, entities))
        return found

    def _set(self, doc: Doc, found: list[Read]) -> Doc:
        spans = [
            (Span(doc, start + item.start, start + item.end, item.type), item.score)
            for start, _, entities in found
            for item in entities
        ]
        doc.set_ents([span for span, _ in spans])
        doc.user_data[SCORES] = [score for _, score in spans]
        doc.user_data[_WINDOWS] = found
        return doc

    def to_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> None:
        """Write `labels.json` and `encoder.onnx`."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "labels.json").write_text(self._labels.to_json() + "\n", "utf-8")
        if self._encoder is not None:
            (folder / "encoder.onnx").write_bytes(self._encoder.model)

    def from_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> Self:
        """Read what `to_disk` wrote."""
        folder = Path(path)
        labels = Labels.from_json((folder / "labels.json").read_text("utf-8"))
        self.install(Encoder((folder / "encoder.onnx").read_bytes(), labels.types), labels)
        return self


class RelationScorer:
    """Relations between a document's mentions as `doc._.relations`, whose places count in `doc.ents`."""

    def __init__(self) -> None:
        self._pairs: PairScorer | None = None

    def install(self, pairs: PairScorer) -> None:
        """Take these weights and labels."""
        self._pairs = pairs

    @property
    def labels(self) -> tuple[str, ...]:
        """The relations' names."""
        return self._pairs.labels.relations if self._pairs else ()

    def __call__(self, doc: Doc) -> Doc:
        """Set the document's relations; `evigraph_entities` must have run."""
        if self._pairs is None:
            raise ValueError(_NO_MODEL.format("evigraph_relations"))
        found: list[PredictedRelation] = []
        base = 0
        for _, encoding, entities in doc.user_data.pop(_WINDOWS, ()):
            found += [
                replace(item, head=item.head + base, tail=item.tail + base)
                for item in self._pairs.relations(encoding, entities)
            ]
            base += len(entities)
        doc._.relations = tuple(found)
        return doc

    def to_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> None:
        """Write `labels.json` and `pairs.npz`."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        if self._pairs is not None:
            (folder / "labels.json").write_text(self._pairs.labels.to_json() + "\n", "utf-8")
            weights: dict[str, Any] = {k: v.astype(np.float16) for k, v in sorted(self._pairs.weights.items())}
            np.savez(folder / "pairs.npz", **weights)

    def from_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> Self:
        """Read what `to_disk` wrote."""
        folder = Path(path)
        labels = Labels.from_json((folder / "labels.json").read_text("utf-8"))
        with np.load(folder / "pairs.npz") as arrays:
            self.install(PairScorer({name: arrays[name].astype(np.float32) for name in arrays.files}, labels))
        return self


@Language.factory("evigraph_entities", assigns=["doc.ents"], default_config={"threads": None})
def make_entities(nlp: Language, name: str, threads: int | None) -> EntityRecognizer:
    """The factory; `threads`: how many documents are read at once. None: three per processor, as each often waits for
    Python's lock."""
    return EntityRecognizer(threads)


@Language.factory("evigraph_relations", requires=["doc.ents"], assigns=["doc._.relations"])
def make_relations(nlp: Language, name: str) -> RelationScorer:
    """The factory."""
    return RelationScorer()
