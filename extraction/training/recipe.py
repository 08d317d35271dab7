"""The recipe: how long and how fast to train, and the corpora of the shipped model in the model's own words."""

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from extraction.corpora import AnnotatedRelation, AnnotatedText, UnreadableCorpus, read_part

RECIPE = Path(__file__).with_name("recipe.toml")
_HELD_BACK = 10  # every so many-th text is kept to develop with


@dataclass(frozen=True, slots=True)
class Training:
    """Of `recipe.toml`, where each is explained."""

    seed: int
    epochs: int
    encoder_rate: float
    head_rate: float
    weight_decay: float
    batch_pieces: int
    relation_weight: float


@dataclass(frozen=True, slots=True)
class CorpusSource:
    """A corpus of the shipped model: its folder, and what the model card says of it."""

    folder: str
    source: str
    licence: str
    relations: bool


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train, on what, and what the corpora's types and relations are called here."""

    training: Training
    corpora: tuple[CorpusSource, ...]
    types: dict[str, str]
    relations: dict[str, tuple[str, bool]]  # a corpus's label -> the predicate, and whether head and tail turn


def load_recipe(path: Path = RECIPE) -> Recipe:
    """Read a recipe. Raises ValueError with one sentence when it cannot be used."""
    try:
        read: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        return Recipe(
            training=Training(**read["training"]),
            corpora=tuple(CorpusSource(**item) for item in read["corpora"]),
            types={label: kind for kind, labels in read["types"].items() for label in labels.split()},
            relations={
                label.lstrip("~"): (predicate, label.startswith("~"))
                for predicate, labels in read["relations"].items()
                for label in labels.split()
            },
        )
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"The recipe {path} cannot be used ({error}); compare it with {RECIPE.name}.") from error


def shipped_corpora(recipe: Recipe, data: Path) -> tuple[list[AnnotatedText], list[AnnotatedText]]:
    """The texts to train the shipped model on, and those held back: only the corpora's train parts are read.

    Raises `UnreadableCorpus`.
    """
    train: list[AnnotatedText] = []
    held_back: list[AnnotatedText] = []
    for corpus in recipe.corpora:
        texts = read_part(data / corpus.folder, "train")
        if not texts:
            raise UnreadableCorpus(f"{data / corpus.folder} has no train part.")
        for place, text in enumerate(texts, start=1):
            (train if place % _HELD_BACK else held_back).append(_in_our_words(text, recipe, corpus))
    return train, held_back


def _in_our_words(text: AnnotatedText, recipe: Recipe, corpus: CorpusSource) -> AnnotatedText:
    kept = [place for place, item in enumerate(text.entities) if item.type in recipe.types]
    places = {old: new for new, old in enumerate(kept)}
    relations = set()
    for item in text.relations:
        predicate, turned = recipe.relations.get(item.label, ("", False))
        if predicate and item.head in places and item.tail in places:
            head, tail = (item.tail, item.head) if turned else (item.head, item.tail)
            relations.add(AnnotatedRelation(places[head], places[tail], predicate))
    return replace(
        text,
        entities=tuple(replace(text.entities[place], type=recipe.types[text.entities[place].type]) for place in kept),
        relations=tuple(sorted(relations)),
        domain=corpus.folder,
        relations_known=corpus.relations,
    )
