"""Training for real, on a made-up corpus: it learns, is repeatable, goes on; what runs is what was trained."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_corpus import write_corpus

from extraction.corpora import AnnotatedText, read_part
from extraction.local.decode import bio_tags
from extraction.local.encode import encode
from extraction.local.model import Encoder
from extraction.scoring import ALL
from extraction.training import loop, network
from extraction.training.assemble import assemble, score
from extraction.training.examples import labels_of, make_examples
from extraction.training.onnx_graph import build, read_encoder
from extraction.training.recipe import Training, load_recipe
from extraction.training.run import SENTENCE_ENCODER

TRAINING = replace(load_recipe().training, epochs=6, batch_pieces=192)
Weights = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[AnnotatedText], list[AnnotatedText]]:
    folder = write_corpus(tmp_path_factory.mktemp("corpus"))
    return read_part(folder, "train"), read_part(folder, "test")


@pytest.fixture(scope="module")
def start() -> Weights:
    return read_encoder(SENTENCE_ENCODER)


def fit(texts: list[AnnotatedText], start: Weights, training: Training, checkpoint: Path | None = None) -> Weights:
    return loop.train(texts, labels_of(texts), start, training, lambda done, steps, loss: None, checkpoint)


@pytest.fixture(scope="module")
def trained(parts: tuple[list[AnnotatedText], list[AnnotatedText]], start: Weights) -> Weights:
    return fit(parts[0], start, TRAINING)


def test_it_learns_what_it_has_not_seen(
    parts: tuple[list[AnnotatedText], list[AnnotatedText]], trained: Weights
) -> None:
    scores = score(*assemble(trained, labels_of(parts[0])), parts[1])
    assert scores.entities[ALL].f1 > 0.9
    assert scores.relations[ALL].f1 > 0.7


def test_an_interrupted_training_comes_to_the_same_weights(
    parts: tuple[list[AnnotatedText], list[AnnotatedText]], start: Weights, trained: Weights, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "checkpoint.npz"
    steps = []

    def stop(done: int, total: int, loss: float) -> None:
        steps.append(done)
        if done == total // 2 + 1:
            raise KeyboardInterrupt

    labels = labels_of(parts[0])
    with pytest.raises(KeyboardInterrupt):
        loop.train(parts[0], labels, start, TRAINING, stop, checkpoint)
    assert checkpoint.exists()
    interrupted, again = len(steps), []
    weights = loop.train(parts[0], labels, start, TRAINING, lambda done, *_: again.append(done), checkpoint)
    assert again[0] > 1
    assert len(again) < interrupted + again[-1] - again[0]
    assert not checkpoint.exists()
    assert all(np.array_equal(weights[name], trained[name]) for name in trained)


def test_a_checkpoint_of_another_training_is_not_taken(
    parts: tuple[list[AnnotatedText], list[AnnotatedText]], start: Weights, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "checkpoint.npz"

    def stop_in_second_epoch(done: int, total: int, loss: float) -> None:
        if done > total // 2:
            raise KeyboardInterrupt

    short = replace(TRAINING, epochs=2)
    with pytest.raises(KeyboardInterrupt):
        loop.train(parts[0], labels_of(parts[0]), start, short, stop_in_second_epoch, checkpoint)
    steps: list[int] = []
    other = replace(short, seed=2)
    loop.train(parts[0], labels_of(parts[0]), start, other, lambda done, *_: steps.append(done), checkpoint)
    assert steps[0] == 1


def test_the_model_that_runs_says_what_the_trained_network_says(trained: Weights) -> None:
    pieces = encode("Maria Lind works for Veltra Group in Oslo .".split())
    ids, shapes = np.array([pieces.ids]), np.array([pieces.shapes])
    states, _ = network.encode(trained, ids, shapes, np.ones(ids.shape, np.float32), None)
    wanted = np.asarray(network.tag_scores(trained, states, np.array([pieces.firsts])))[0]
    encoder = Encoder(build(trained), ("Loc", "Org", "Peop"))
    found, encoding = encoder.entities(pieces)
    # int8 arithmetic against float: near, and the same decision on every word.
    got = encoding.states[list(pieces.firsts)] @ trained["tags.weight"] + trained["tags.bias"]
    assert np.abs(got - wanted).max() < 0.1 * np.abs(wanted).max()
    assert got.argmax(1).tolist() == wanted.argmax(1).tolist()
    assert [(item.start, item.end, item.type) for item in found] == [(0, 2, "Peop"), (4, 6, "Org"), (7, 8, "Loc")]


def test_weights_survive_the_file_within_a_step_of_int8(trained: Weights, tmp_path: Path) -> None:
    path = tmp_path / "encoder.onnx"
    path.write_bytes(build(trained))
    read = read_encoder(path)
    for name, value in read.items():
        steps = np.abs(trained[name]).max() / 127
        assert np.abs(value - trained[name]).max() <= steps, name


def test_pairs_of_which_nothing_is_known_train_nothing(parts: tuple[list[AnnotatedText], list[AnnotatedText]]) -> None:
    labels = labels_of(parts[0])
    unknown = [replace(text, relations_known=False, relations=()) for text in parts[0]]
    assert all(example.pairs.sum() == 0 for example in make_examples(unknown, labels))
    assert all(example.pairs.sum() > 0 for example in make_examples(parts[0], labels))


def test_the_recipe_names_each_label_once_and_predicates_as_the_ontology_does() -> None:
    recipe = load_recipe()
    assert set(bio_tags(tuple(sorted(set(recipe.types.values())))))
    assert all(predicate.isupper() for predicate, _ in recipe.relations.values())
    assert recipe.relations["P150"] == ("LOCATED_IN", True)


def test_a_recipe_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text("[training]\nseed = 1\n", "utf-8")
    with pytest.raises(ValueError, match=r"^The recipe .* cannot be used"):
        load_recipe(tmp_path / "recipe.toml")
