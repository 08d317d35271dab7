"""Trained weights as the model that runs, what it predicts, and how good that is."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from extraction.corpora import AnnotatedText
from extraction.local.decode import PredictedEntity, PredictedRelation
from extraction.local.encode import windows
from extraction.local.model import Encoder, Labels, PairScorer
from extraction.scoring import ALL, Scores
from extraction.training.onnx_graph import Arrays, build

THRESHOLDS = tuple(round(0.2 + 0.05 * step, 2) for step in range(13))


def assemble(weights: Arrays, labels: Labels) -> tuple[Encoder, PairScorer]:
    """The model as it will run: int8 encoder, and the relation scorer's weights as they are stored (float16)."""
    pairs = {
        name: value.astype(np.float16).astype(np.float32)
        for name, value in weights.items()
        if name.startswith(("pair.", "label."))
    }
    return Encoder(build(weights), labels.types), PairScorer(pairs, labels)


def predict(
    encoder: Encoder, pairs: PairScorer, text: AnnotatedText
) -> tuple[list[PredictedEntity], list[PredictedRelation]]:
    """Mentions and relations of one text, window by window."""
    entities: list[PredictedEntity] = []
    relations: list[PredictedRelation] = []
    for window in windows(text.words, text.sentences):
        found, encoding = encoder.entities(window.pieces)
        base = len(entities)
        related = pairs.relations(encoding, found)
        relations += [replace(item, head=item.head + base, tail=item.tail + base) for item in related]
        entities += [replace(item, start=item.start + window.start, end=item.end + window.start) for item in found]
    return entities, relations


def score(encoder: Encoder, pairs: PairScorer, texts: Sequence[AnnotatedText]) -> Scores:
    """Strict scores over the texts."""
    scores = Scores()
    for text in texts:
        scores.add(text, *predict(encoder, pairs, text))
    return scores


def choose_threshold(encoder: Encoder, pairs: PairScorer, texts: Sequence[AnnotatedText]) -> PairScorer:
    """The scorer with the threshold of the best relation F1 on these texts; the one in the middle where none says."""
    if not any(text.relations for text in texts):
        return pairs
    eager = PairScorer(pairs.weights, replace(pairs.labels, threshold=THRESHOLDS[0]))
    predicted = [(text, *predict(encoder, eager, text)) for text in texts]

    def f1(threshold: float) -> float:
        scores = Scores()
        for text, entities, relations in predicted:
            scores.add(text, entities, [item for item in relations if item.score >= threshold])
        return scores.relations[ALL].f1

    best = max(THRESHOLDS, key=lambda threshold: (f1(threshold), -abs(threshold - 0.5)))
    return PairScorer(pairs.weights, replace(pairs.labels, threshold=best))
