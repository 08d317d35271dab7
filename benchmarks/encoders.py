"""Which encoder: what was tried for the local model, in F1 on a corpus's dev part against words a second."""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.training.batchers import minibatch_by_words
from thinc.api import fix_random_seed

from benchmarks.report import CannotMeasure, Row, document, note, run_command, show_table, write_json
from extraction.corpora import AnnotatedText, UnreadableCorpus, read_part
from extraction.local.decode import PredictedEntity, PredictedRelation
from extraction.local.folder import ENCODER
from extraction.rule_floor import RuleFloor
from extraction.scoring import ALL, Scores
from extraction.training.assemble import assemble, choose_threshold
from extraction.training.examples import labels_of
from extraction.training.loop import train as train_network
from extraction.training.onnx_graph import Arrays, read_encoder
from extraction.training.recipe import load_recipe
from extraction.training.run import SENTENCE_ENCODER, Model

SPACY_EPOCHS, SEED = 12, 1
VECTOR_WIDTH, WINDOW, LEAST = 100, 4, 3
Predict = Callable[[AnnotatedText], tuple[list[PredictedEntity], list[PredictedRelation]]]


def convolution(train: Sequence[AnnotatedText], vectors: dict[str, np.ndarray]) -> Predict:
    """spaCy's own `ner` with its convolutional tok2vec, with static word vectors where there are any."""
    fix_random_seed(SEED)
    nlp = spacy.blank("en")
    config: dict[str, Any] = {}
    if vectors:
        nlp.vocab.reset_vectors(width=VECTOR_WIDTH)
        for word, vector in vectors.items():
            nlp.vocab.set_vector(word, vector)  # type: ignore[arg-type]
        config = {
            "model": {
                "@architectures": "spacy.TransitionBasedParser.v2",
                "state_type": "ner",
                "extra_state_tokens": False,
                "hidden_width": 64,
                "maxout_pieces": 2,
                "use_upper": True,
                "tok2vec": {
                    "@architectures": "spacy.HashEmbedCNN.v2",
                    "width": 96,
                    "depth": 4,
                    "embed_size": 2000,
                    "window_size": 1,
                    "maxout_pieces": 3,
                    "subword_features": True,
                    "pretrained_vectors": True,
                },
            }
        }
    ner = nlp.add_pipe("ner", config=config)
    for label in labels_of(train).types:
        ner.add_label(label)  # type: ignore[attr-defined]
    examples = [_example(nlp, text) for text in train]
    optimizer = nlp.initialize(lambda: examples)
    shuffled = random.Random(SEED)
    for _ in range(SPACY_EPOCHS):
        shuffled.shuffle(examples)
        for batch in minibatch_by_words(examples, 600):
            nlp.update(batch, sgd=optimizer, drop=0.2)

    def predict(text: AnnotatedText) -> tuple[list[PredictedEntity], list[PredictedRelation]]:
        doc = nlp(Doc(nlp.vocab, list(text.words)))
        return [PredictedEntity(item.start, item.end, item.label_, 1.0) for item in doc.ents], []

    return predict


def _example(nlp: Language, text: AnnotatedText) -> Example:
    doc = Doc(nlp.vocab, list(text.words))
    doc.set_ents([Span(doc, item.start, item.end, item.type) for item in text.entities])
    return Example(Doc(nlp.vocab, list(text.words)), doc)


def word_vectors(texts: Iterable[AnnotatedText]) -> dict[str, np.ndarray]:
    """Vectors [VECTOR_WIDTH] by the singular values of positive pointwise information (Levy & Goldberg 2014)."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.linalg import svds

    sentences = [text.words for text in texts]
    counts = Counter(word for words in sentences for word in words)
    names = sorted(word for word, count in counts.items() if count >= LEAST)
    places = {word: place for place, word in enumerate(names)}
    near: Counter[tuple[int, int]] = Counter()
    for words in sentences:
        known = [places.get(word, -1) for word in words]
        for at, first in enumerate(known):
            for second in known[at + 1 : at + 1 + WINDOW]:
                if first >= 0 and second >= 0:
                    near[first, second] += 1
                    near[second, first] += 1
    rows, columns = np.array(list(near)).T
    values = np.array(list(near.values()), float)
    total, sums = values.sum(), np.bincount(rows, values, len(names))
    positive = np.maximum(np.log(values * total / (sums[rows] * sums[columns])), 0)
    u, s, _ = svds(coo_matrix((positive, (rows, columns))).tocsr(), k=VECTOR_WIDTH, random_state=SEED)
    vectors = (u * np.sqrt(s)).astype(np.float32)
    return {name: vectors[place] for name, place in places.items()}


def minilm(train: Sequence[AnnotatedText], dev: Sequence[AnnotatedText], start: Path, layers: int) -> Predict:
    """The recipe on the first `layers` of an encoder; the threshold is chosen on the very part that is measured."""
    weights: Arrays = {
        name: value
        for name, value in read_encoder(start).items()
        if not name.startswith("layer") or int(name[len("layer") : name.index(".")]) < layers
    }
    labels = labels_of(train)
    trained = train_network(train, labels, weights, load_recipe().training, lambda done, steps, loss: None)
    encoder, pairs = assemble(trained, labels)
    return Model(encoder, choose_threshold(encoder, pairs, dev)).predict


def measure(name: str, make: Callable[[], Predict], dev: Sequence[AnnotatedText]) -> Row:
    """One row: scores, training time and speed on one core."""
    started = time.perf_counter()
    predict = make()
    trained = time.perf_counter() - started
    started = time.thread_time()  # one thread's work, whatever else the machine does
    predicted = [predict(text) for text in dev]
    seconds = time.thread_time() - started
    scores = Scores()
    for text, found in zip(dev, predicted, strict=True):
        scores.add(text, *found)
    note(f"{name}: done in {trained + seconds:.0f} s")
    return {
        "encoder": name,
        "entities": scores.entities[ALL].figures(),
        "relations": scores.relations[ALL].figures(),
        "words_per_second": round(sum(len(text.words) for text in dev) / seconds),
        "train_seconds": round(trained, 1),
    }


def main() -> None:
    """Train each, print the table, write the JSON."""
    parser = argparse.ArgumentParser(prog="benchmarks.encoders", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="a corpus with a train and a dev part")
    parser.add_argument("--vectors-from", type=Path, nargs="*", default=[], metavar="DIR", help="more text for vectors")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there")
    arguments = parser.parse_args()
    try:
        train, dev = read_part(arguments.data, "train"), read_part(arguments.data, "dev")
        others = [text for folder in arguments.vectors_from for text in read_part(folder, "train")]
    except UnreadableCorpus as error:
        raise CannotMeasure(str(error)) from error
    if not train or not dev:
        raise CannotMeasure(f"{arguments.data} has no train or no dev part.")
    rows = [
        measure("rules", lambda: RuleFloor(train).predict, dev),
        measure("tok2vec convolution", lambda: convolution(train, {}), dev),
        measure("tok2vec and word vectors", lambda: convolution(train, word_vectors([*train, *others])), dev),
        measure("MiniLM, 3 layers", lambda: minilm(train, dev, SENTENCE_ENCODER, 3), dev),
        measure("MiniLM, 6 layers", lambda: minilm(train, dev, SENTENCE_ENCODER, 6), dev),
        measure("shipped encoder, 6 layers", lambda: minilm(train, dev, ENCODER, 6), dev),
    ]
    show_table(
        f"Encoders: strict F1 on the dev part of {arguments.data.name}, words per second of processor time",
        ["", "entities F1", "relations F1", "words/s", "trained in, s"],
        [
            [
                row["encoder"],
                f"{row['entities']['f1']:.3f}",
                f"{row['relations']['f1']:.3f}",
                f"{row['words_per_second']:,}",
                f"{row['train_seconds']:,.0f}",
            ]
            for row in rows
        ],
    )
    if arguments.json:
        write_json(arguments.json, document("encoders", {"data": arguments.data.name, "seed": SEED}, None, rows))


if __name__ == "__main__":
    sys.exit(run_command(main))
