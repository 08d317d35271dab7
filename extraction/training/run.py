"""From annotated texts to a model: what `evigraph train` and `evigraph evaluate extraction` share."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from extraction.corpora import AnnotatedText
from extraction.local.decode import PredictedEntity, PredictedRelation
from extraction.local.folder import ENCODER
from extraction.local.model import Encoder, PairScorer
from extraction.training.assemble import assemble, choose_threshold, predict
from extraction.training.examples import labels_of
from extraction.training.loop import Progress, train
from extraction.training.onnx_graph import read_encoder
from extraction.training.recipe import Training, load_recipe

#: The sentence encoder that retrieval uses too: where the shipped model began.
SENTENCE_ENCODER = Path(__file__).resolve().parents[2] / "kg" / "models" / "minilm" / "model.onnx"


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model, as it will run."""

    encoder: Encoder
    pairs: PairScorer

    def predict(self, text: AnnotatedText) -> tuple[list[PredictedEntity], list[PredictedRelation]]:
        """The mentions and relations of one text; relations point into the mentions."""
        return predict(self.encoder, self.pairs, text)


def fit(
    texts: Sequence[AnnotatedText],
    dev: Sequence[AnnotatedText],
    progress: Progress,
    *,
    training: Training | None = None,
    start: Path = ENCODER,
    checkpoint: Path | None = None,
) -> Model:
    """Train the recipe on the texts, beginning with the encoder in `start`; relations' threshold is chosen on `dev`.

    A training with a `checkpoint` file goes on where it was interrupted.
    """
    labels = labels_of(texts)
    settings = training or load_recipe().training
    weights = train(texts, labels, read_encoder(start), settings, progress, checkpoint)
    encoder, pairs = assemble(weights, labels)
    return Model(encoder, choose_threshold(encoder, pairs, dev))
