"""Annotated texts to arrays: windows that the encoder can read, padded into batches of few different shapes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extraction.corpora import AnnotatedEntity, AnnotatedText
from extraction.local.decode import bio_tags, distance
from extraction.local.encode import Pieces, Window, windows
from extraction.local.model import Labels

Arrays = dict[str, NDArray[np.generic]]
# Lengths in pieces and numbers of mentions that batches are padded to: each pair of them is compiled once.
_LENGTHS = (32, 48, 64, 96, 128, 192, 256)
_MENTIONS = (4, 8, 16, 32, 64)


@dataclass(frozen=True, slots=True)
class Example:
    """One window. `pairs` tells which ordered pairs of mentions are trained on, `relations` what holds between them
    [mentions, mentions, labels]; `mentions` are first piece, last word's first piece, type; `apart` as `distance`."""

    pieces: Pieces
    tags: NDArray[np.int32]
    mentions: NDArray[np.int32]
    apart: NDArray[np.int32]
    relations: NDArray[np.float32]
    pairs: NDArray[np.float32]


def labels_of(texts: Sequence[AnnotatedText]) -> Labels:
    """The types and relations that occur, sorted."""
    types = {entity.type for text in texts for entity in text.entities}
    relations = {relation.label for text in texts for relation in text.relations}
    return Labels(tuple(sorted(types)), tuple(sorted(relations)))


def make_examples(texts: Sequence[AnnotatedText], labels: Labels) -> list[Example]:
    """The windows of all texts."""
    return [_example(text, labels, window) for text in texts for window in windows(text.words, text.sentences)]


def _example(text: AnnotatedText, labels: Labels, window: Window) -> Example:
    start, end, pieces = window.start, window.end, window.pieces
    tags = {tag: number for number, tag in enumerate(bio_tags(labels.types))}
    types = {kind: number for number, kind in enumerate(labels.types)}
    inside = [place for place, item in enumerate(text.entities) if start <= item.start and item.end <= end]
    entities = [text.entities[place] for place in inside][: _MENTIONS[-1]]
    tagged = np.zeros(end - start, np.int32)
    for item in (text.entities[place] for place in inside):
        tagged[item.start - start : item.end - start] = tags[f"I-{item.type}"]
        tagged[item.start - start] = tags[f"B-{item.type}"]
    mentions = [
        (pieces.firsts[item.start - start], pieces.firsts[item.end - 1 - start], types[item.type]) for item in entities
    ]
    apart = [[distance((a.start, a.end), (b.start, b.end)) for b in entities] for a in entities]
    size = len(entities)
    return Example(
        pieces,
        tagged,
        np.array(mentions, np.int32).reshape(size, 3),
        np.array(apart, np.int32).reshape(size, size),
        _relations(text, labels, inside[:size]),
        _pairs(text, entities, inside[:size]),
    )


def _relations(text: AnnotatedText, labels: Labels, inside: list[int]) -> NDArray[np.float32]:
    places = {place: row for row, place in enumerate(inside)}
    numbers = {label: number for number, label in enumerate(labels.relations)}
    held = np.zeros((len(inside), len(inside), max(1, len(labels.relations))), np.float32)
    for item in text.relations:
        if item.head in places and item.tail in places:
            held[places[item.head], places[item.tail], numbers[item.label]] = 1
    return held


def _pairs(text: AnnotatedText, entities: list[AnnotatedEntity], inside: list[int]) -> NDArray[np.float32]:
    size = len(entities)
    if not text.relations_known:
        return np.zeros((size, size), np.float32)
    pairs = 1 - np.eye(size, dtype=np.float32)
    if not text.by_cluster:
        return pairs
    # Where entities are related, one pair of mentions states it and which others do too is not known.
    stated = {(item.head, item.tail) for item in text.relations}
    related = {(text.entities[a].cluster, text.entities[b].cluster) for a, b in stated}
    for row, head in enumerate(entities):
        for column, tail in enumerate(entities):
            known = (inside[row], inside[column]) in stated or (head.cluster, tail.cluster) not in related
            pairs[row, column] *= known and head.cluster != tail.cluster
    return pairs


def batches(examples: Sequence[Example], pieces: int, random: np.random.Generator) -> Iterator[Arrays]:
    """All examples once, in random order, in batches of about so many pieces and equal length."""
    by_length: defaultdict[int, list[Example]] = defaultdict(list)
    for example in examples:
        by_length[_padded(len(example.pieces.ids), _LENGTHS)].append(example)
    groups: list[tuple[int, list[Example]]] = []
    for length, members in sorted(by_length.items()):
        # Of similar numbers of mentions, after shuffling: fewer padded pairs, still other neighbours every time.
        order = sorted(random.permutation(len(members)), key=lambda place: len(members[place].mentions) // 16)
        size = max(1, pieces // length)
        groups += [(length, [members[place] for place in order[at : at + size]]) for at in range(0, len(members), size)]
    for place in random.permutation(len(groups)):
        length, members = groups[place]
        yield _stack(members, length, max(1, pieces // length))


def _padded(size: int, sizes: Sequence[int]) -> int:
    return next(item for item in sizes if item >= size)


def _stack(members: Sequence[Example], length: int, size: int) -> Arrays:
    mentions = _padded(max(len(item.mentions) for item in members), _MENTIONS)
    labels = members[0].relations.shape[-1]
    batch: Arrays = {
        "ids": np.zeros((size, length), np.int32),
        "shapes": np.zeros((size, length), np.int32),
        "mask": np.zeros((size, length), np.float32),
        "firsts": np.zeros((size, length), np.int32),
        "tags": np.zeros((size, length), np.int32),
        "words": np.zeros((size, length), np.float32),
        "mentions": np.zeros((size, mentions, 3), np.int32),
        "apart": np.zeros((size, mentions, mentions), np.int32),
        "relations": np.zeros((size, mentions, mentions, labels), np.float32),
        "pairs": np.zeros((size, mentions, mentions), np.float32),
    }
    for row, item in enumerate(members):
        pieces, words, count = len(item.pieces.ids), len(item.pieces.firsts), len(item.mentions)
        batch["ids"][row, :pieces] = item.pieces.ids
        batch["shapes"][row, :pieces] = item.pieces.shapes
        batch["mask"][row, :pieces] = 1
        batch["firsts"][row, :words] = item.pieces.firsts
        batch["tags"][row, :words] = item.tags
        batch["words"][row, :words] = 1
        batch["mentions"][row, :count] = item.mentions
        batch["apart"][row, :count, :count] = item.apart
        batch["relations"][row, :count, :count] = item.relations
        batch["pairs"][row, :count, :count] = item.pairs
    return batch
