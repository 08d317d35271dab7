"""A statement's words found in its passage: exact character offsets, or the reason why there are none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from typing import Literal

from extraction.gguf.parse import Statement
from kg.ontology import Ontology

Span = tuple[int, int]
Misfit = Literal["predicate", "quote", "subject", "object", "overlap", "apart"]
#: How many characters a subject or object may stand away from its quote: a name and a few words.
MAX_GAP = 80
_MOST_OCCURRENCES = 20
_QUOTES = dict.fromkeys("\"'`´‘’‚‛“”„‟«»‹›", "'")
_DASHES = dict.fromkeys("‐‑‒–—−", "-")
_SAME = _QUOTES | _DASHES


@dataclass(frozen=True, slots=True)
class AlignedFact:
    """Where a passage states a fact: spans of characters of the passage. `evidence` holds subject, object and quote."""

    subject: Span
    predicate: str
    object: Span
    evidence: Span


class PassageText:
    """A passage in which words are found as written, else in any case, white space, quotation marks and dashes."""

    def __init__(self, text: str) -> None:
        self.text = text
        pieces = list(_folded(text))
        self._folded = "".join(piece for _, piece in pieces)
        self._origins = [at for at, piece in pieces for _ in piece] + [len(text)]

    def find(self, words: str) -> list[Span]:
        """The first places of the words, never from or to the middle of a word."""
        exact = self._whole_words(_occurrences(self.text, words))
        return exact or self._whole_words(self._find_folded(words))

    def _whole_words(self, spans: Iterator[Span]) -> list[Span]:
        text = self.text
        return list(
            islice(
                (
                    (start, end)
                    for start, end in spans
                    if not (start > 0 and _is_one_word(text[start - 1 : start + 1]))
                    and not (end < len(text) and _is_one_word(text[end - 1 : end + 1]))
                ),
                _MOST_OCCURRENCES,
            )
        )

    def _find_folded(self, words: str) -> Iterator[Span]:
        needle = "".join(piece for _, piece in _folded(words.strip()))
        for start, end in _occurrences(self._folded, needle):
            first, last = self._origins[start], self._origins[end - 1]
            # Some letters fold to two ("ß" to "ss"): half of one is not found.
            if (start == 0 or self._origins[start - 1] != first) and self._origins[end] != last:
                yield first, last + 1


def predicate_names(ontology: Ontology) -> dict[str, str]:
    """The predicates by all that a model may call them: name or label, in any case."""
    named = {_spoken(item.label): item.name for item in ontology.predicates.values()}
    return named | {_spoken(name): name for name in ontology.predicates}


def align(passage: PassageText, statement: Statement, predicates: Mapping[str, str]) -> AlignedFact | Misfit:
    """Where the passage has the statement's quote, and subject and object in it or at most `MAX_GAP` away.

    `predicates` is that of `predicate_names`. Of several places the ones closest together are taken, the first of them.
    """
    predicate = predicates.get(_spoken(statement.predicate))
    if predicate is None:
        return "predicate"
    quotes, subjects, objects = map(passage.find, (statement.quote, statement.subject, statement.object))
    if not quotes:
        return "quote"
    if not subjects:
        return "subject"
    if not objects:
        return "object"
    pairs = [(one, other) for one, other in product(subjects, objects) if _gap(one, other) >= 0]
    if not pairs:
        return "overlap"
    quote, (subject, object_) = min(product(quotes, pairs), key=_looseness)
    if max(_distance(subject, quote), _distance(object_, quote)) > MAX_GAP:
        return "apart"
    spans = (subject, object_, quote)
    evidence = min(start for start, _ in spans), max(end for _, end in spans)
    return AlignedFact(subject, predicate, object_, evidence)


def _looseness(places: tuple[Span, tuple[Span, Span]]) -> tuple[int, int]:
    quote, (subject, object_) = places
    distances = _distance(subject, quote), _distance(object_, quote)
    return max(distances), min(distances)


def _gap(one: Span, other: Span) -> int:
    """Characters between two spans; negative when they overlap."""
    return max(one[0], other[0]) - min(one[1], other[1])


def _distance(one: Span, other: Span) -> int:
    return max(0, _gap(one, other))


def _occurrences(text: str, words: str) -> Iterator[Span]:
    at = text.find(words) if words else -1
    while at >= 0:
        yield at, at + len(words)
        at = text.find(words, at + 1)


def _folded(text: str) -> Iterator[tuple[int, str]]:
    """Each character that counts with its place: case folded, white space as one space, marks as the plain ones."""
    after_space = False
    for at, character in enumerate(text):
        is_space = character.isspace()
        if not (is_space and after_space):
            yield at, " " if is_space else _SAME.get(character) or character.casefold()
        after_space = is_space


def _is_one_word(two: str) -> bool:
    """Whether two characters belong to one word; where words are written without spaces, nobody can say."""
    return all(character.isdigit() or character.lower() != character.upper() for character in two)


def _spoken(predicate: str) -> str:
    return " ".join(predicate.casefold().replace("_", " ").split())
