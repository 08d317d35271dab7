"""Words to what the encoder reads: word pieces, and the shape that the uncased pieces have lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.pieces import MAX_PIECES, pieces_of, special

_KINDS = ("lower", "title", "upper", "letter", "mixed", "digits", "alphanumeric", "mark", "other")
SHAPES = 2 + 2 * len(_KINDS)  # 0: [CLS] and [SEP]; 1: the later pieces of a word; two of each kind
_SENTENCE_END = frozenset(".!?:")


@dataclass(frozen=True, slots=True)
class Pieces:
    """Word-piece numbers and shapes [pieces], and the place of each word's first piece [words]."""

    ids: tuple[int, ...]
    shapes: tuple[int, ...]
    firsts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Words `start` to `end` (exclusive) of a text, and their pieces."""

    start: int
    end: int
    pieces: Pieces


def encode(words: Sequence[str]) -> Pieces:
    """The pieces of one text; words that the tokenizer does not see (white space) have the piece of [UNK]."""
    pieces = pieces_of(words)
    cls, sep, unknown = (special(name) for name in ("[CLS]", "[SEP]", "[UNK]"))
    ids, shapes, firsts = [cls], [0], []
    starts = True
    for word, numbers in zip(words, pieces, strict=True):
        firsts.append(len(ids))
        ids += numbers or [unknown]
        shapes += [shape_of(word, starts), *([1] * (len(numbers) - 1))]
        starts = word[-1:] in _SENTENCE_END
    return Pieces((*ids, sep), (*shapes, 0), tuple(firsts))


def shape_of(word: str, starts_sentence: bool) -> int:
    """2 to SHAPES - 1: how the word is written, and whether a capital may only mark the sentence's beginning."""
    return 2 + 2 * _KINDS.index(_kind(word)) + starts_sentence


def _kind(word: str) -> str:
    if word.isalpha():
        if word.islower():
            return "lower"
        if word.isupper():
            return "upper" if len(word) > 1 else "letter"
        return "title" if word[0].isupper() and word[1:].islower() else "mixed"
    if any(map(str.isdigit, word)):
        return "alphanumeric" if any(map(str.isalpha, word)) else "digits"
    if any(map(str.isalpha, word)):
        return "title" if word[0].isupper() else "other"
    return "mark"


def windows(words: Sequence[str], sentences: Sequence[int]) -> list[Window]:
    """Windows that fit the encoder, of whole sentences where these fit.

    `sentences` are the places where sentences begin, 0 first. A sentence too long alone is cut where it must be; a
    word of more pieces than the encoder holds is in no window.
    """
    if not words:
        return []
    whole = encode(words)
    if len(whole.ids) <= MAX_PIECES:
        return [Window(0, len(words), whole)]
    sizes = [b - a for a, b in pairwise((*whole.firsts, len(whole.ids) - 1))]
    return [Window(start, end, encode(words[start:end])) for start, end in _spans(sizes, sentences)]


def _spans(sizes: Sequence[int], sentences: Sequence[int]) -> list[tuple[int, int]]:
    room = MAX_PIECES - 2
    spans: list[tuple[int, int]] = []
    start, used = 0, 0
    for begin, end in zip(sentences, [*sentences[1:], len(sizes)], strict=True):
        size = sum(sizes[begin:end])
        if used + size <= room:
            used += size
            continue
        if begin > start:
            spans.append((start, begin))
        start, used = begin, 0
        for place in range(begin, end):
            if used + sizes[place] > room:
                if place > start:
                    spans.append((start, place))
                start, used = (place, 0) if sizes[place] <= room else (place + 1, 0)
            used += sizes[place] if sizes[place] <= room else 0
    if start < len(sizes):
        spans.append((start, len(sizes)))
    return spans
