"""A claim beside its evidence, as the model of entailment reads them: word pieces, and how each word stands to the
other side."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.pieces import MAX_PIECES, pieces_of, special
from kg.terms import stem

# [CLS], the claim, [SEP], the evidence, [SEP].
_AROUND = 3
#: 0: [CLS] and [SEP]; then four of the claim, four of the evidence: whether the other side has the word, and whether it
#: begins with a capital, which the uncased pieces have lost.
STANDINGS = 9
_OF_SIDE = 4
_MOST_OF_CLAIM = 150
_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][a-z]+)?|[^\w\s]")
# What the model was trained with: to change a key is to train it anew.
_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
} | {"first": "1st", "second": "2nd", "third": "3rd", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60"}
_MONTHS = frozenset(
    "january february march april june july august september october november december".split()
)  # "may" is most often the verb
_MONTH = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """Word-piece numbers and standings [pieces]; the claim's pieces are at 1 to `claim_end`, exclusive."""

    ids: tuple[int, ...]
    standings: tuple[int, ...]
    claim_end: int


@dataclass(frozen=True, slots=True)
class _Words:
    """Of a text: each word's pieces, what it is compared by, whether it begins with a capital."""

    pieces: tuple[tuple[int, ...], ...]
    keys: tuple[str, ...]
    capitals: tuple[bool, ...]


def pair_of(claim: str, context: str, units: Sequence[str]) -> Pair:
    """The pieces of a claim and its evidence: `context`, what the documents are called, and `units`, its sentences.

    Where the evidence is too long, the sentences stay that have most of the claim's words, in their order.
    """
    cls, sep = (special(name) for name in ("[CLS]", "[SEP]"))
    said = _read(claim)
    wanted = frozenset(said.keys)
    mine = [piece for pieces in said.pieces for piece in pieces][:_MOST_OF_CLAIM]
    room = MAX_PIECES - _AROUND - len(mine)
    evidence = _fitting([_read(text) for text in (context, *units)], wanted, room)
    held = frozenset(key for words in evidence for key in words.keys)
    theirs = [piece for words in evidence for pieces in words.pieces for piece in pieces]
    beside = [place for words in evidence for place in _standings(words, wanted, 1)]
    ids = (cls, *mine, sep, *theirs[:room], sep)
    standings = (0, *_standings(said, held, 0)[: len(mine)], 0, *beside[:room], 0)
    return Pair(ids, standings, len(mine) + 1)


def _fitting(parts: Sequence[_Words], wanted: frozenset[str], room: int) -> list[_Words]:
    """The parts, in order, or those of them with most of the wanted words that fit; one at least."""
    sizes = [sum(map(len, part.pieces)) for part in parts]
    if sum(sizes) <= room:
        return list(parts)
    shares = [len(wanted & set(part.keys)) for part in parts]
    kept: set[int] = set()
    for place in sorted(range(len(parts)), key=lambda place: (-shares[place], place)):
        if not kept or sizes[place] <= room:
            kept.add(place)
            room -= sizes[place]
    return [part for place, part in enumerate(parts) if place in kept]


def _standings(words: _Words, other: frozenset[str], side: int) -> list[int]:
    return [
        1 + _OF_SIDE * side + 2 * (key in other) + capital
        for pieces, key, capital in zip(words.pieces, words.keys, words.capitals, strict=True)
        for _ in pieces
    ]


@lru_cache(maxsize=20_000)
def _read(text: str) -> _Words:
    # A lone surrogate has no UTF-8 form, which the stemmer needs, too.
    words = _WORD.findall(text.encode("utf-8", "replace").decode("utf-8").replace("_", " "))
    pieces = pieces_of(words)
    return _Words(
        tuple(map(tuple, pieces)), tuple(_key(word) for word in words), tuple(word[0].isupper() for word in words)
    )


def _key(word: str) -> str:
    """What a word is compared by: a number's digits, a month's beginning, a stem."""
    low = word.casefold()
    if low[0].isdigit():
        return low.replace(",", "")
    if low in _MONTHS:
        return low[:_MONTH]
    return _NUMBERS.get(low) or stem(low)
