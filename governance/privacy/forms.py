"""The forms in which texts name a person, and where a text has one of them.

A form is a run of words, folded: no case, no accents. "Thessaly Quorndale", "QUORNDALE, Thessaly", "T. Quorndale",
"thessaly.quorndale" and "tquorndale" are forms of one name. How freely a form is matched is its kind:

- ANY: whatever its case, wherever it stands;
- CAPITAL: where it begins with a capital letter, since its word is an ordinary one ("Baker");
- PART: with a capital letter, in documents that name the person in full, and not within another capitalised name
  ("Lind", where other people are called Lind too).
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kg.names import ERASED
from kg.resolution.names import fold
from kg.terms import STOP_WORDS

Kind = Literal["any", "capital", "part"]
Form = tuple[str, ...]
#: A span of a text in characters, its start and end.
Span = tuple[int, int]
#: Whose a form is and its kind, None for a form of nobody.
LookUp = Callable[[Form], tuple[str, Kind] | None]

# Letters and digits are words of their own, and what is invisible within a word is no end of it.
_INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
_WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f{_INVISIBLE}])*|\d+")
_UNSEEN = re.compile(rf"[{_INVISIBLE}]")
_TITLES = frozenset("mr mrs ms miss dr prof sir madam herr frau".split())
_FARTHEST = 6  # characters between two words of one name: "**Thessaly** **Quorndale**"
_LEAST_PART = 3
_LEAST_HANDLE = 5


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: folded, its place, and whether it begins with a capital letter."""

    folded: str
    start: int
    end: int
    capital: bool


def words_of(text: str) -> list[Word]:
    """The words of a text."""
    found = []
    for match in _WORD.finditer(text):
        folded = fold(_UNSEEN.sub("", match[0]))
        if folded:
            found.append(Word(folded, match.start(), match.end(), match[0][0].isupper()))
    return found


def likely(text: str) -> str:
    """A text folded as a whole, in which a word stands if the text has it: a quick look before a thorough one."""
    return text.lower() if text.isascii() else fold(_UNSEEN.sub("", text))


def form_of(name: str) -> Form:
    """The words of a name, without a title."""
    found = tuple(word.folded for word in words_of(name))
    return found[1:] if len(found) > 1 and found[0] in _TITLES else found


def is_email(name: str) -> bool:
    """Whether a name is an e-mail address."""
    return "@" in name


def forms_of(
    names: Iterable[str], shared: Callable[[str], bool], ambiguous: bool, ordinary: Callable[[str], bool]
) -> dict[Form, Kind]:
    """The forms of a person's names.

    `shared` tells of a word whether others bear it too, `ordinary` whether it is one of the language; `ambiguous`: the
    surname with the initial may be another person's.
    """
    found: dict[Form, Kind] = {}
    for name in names:
        form = form_of(name)
        if not form:
            continue
        if is_email(name):
            found[form] = "any"
            local = form_of(name.partition("@")[0])
            if len(local) > 1 or (len(local[0]) >= _LEAST_HANDLE and not ordinary(local[0])):
                found[local] = "any"
        elif any(not word.isalpha() for word in form):
            found[form] = "any"  # a number of theirs
        elif len(form) == 1:
            found[form] = _kind_of_word(form[0], shared, ordinary)
        else:
            _add_full(found, form, shared, ambiguous, ordinary)
    return found


def _add_full(
    found: dict[Form, Kind], form: Form, shared: Callable[[str], bool], ambiguous: bool, ordinary: Callable[[str], bool]
) -> None:
    *given, last = form
    first = given[0]
    spelt = [form, (last, *given), (first, last), (last, first), ("".join(form),), (first + last,), (last + first,)]
    for item in spelt:
        if len(first) > 1 or not ambiguous:
            found[item] = "any"
    if not ambiguous:
        initials = tuple(word[0] for word in given)
        kind: Kind = "capital" if ordinary(last) else "any"
        for item in ((*initials, last), (initials[0], last), (last, initials[0]), (last, *initials)):
            found.setdefault(item, kind)
        for handle in (initials[0] + last, last + initials[0], "".join(initials) + last):
            if len(handle) >= _LEAST_HANDLE and not ordinary(handle):
                found.setdefault((handle,), "any")
    for word in form:
        if len(word) >= _LEAST_PART and word not in STOP_WORDS:
            found.setdefault((word,), _kind_of_word(word, shared, ordinary))


def _kind_of_word(word: str, shared: Callable[[str], bool], ordinary: Callable[[str], bool]) -> Kind:
    if len(word) <= _LEAST_PART or shared(word):
        return "part"
    return "capital" if ordinary(word) else "any"


@dataclass(frozen=True, slots=True)
class Found:
    """A form in a text: whose it is, its kind, its place, and its words."""

    owner: str
    kind: Kind
    start: int
    end: int
    form: Form


@dataclass(frozen=True, slots=True)
class Matcher:
    """Finds forms in texts; `lengths` are those that forms have, the longest first."""

    look_up: LookUp
    lengths: tuple[int, ...]

    def find(self, texts: Sequence[str], named: Collection[str] = ()) -> list[list[Found]]:
        """For each of the texts of one document its forms in order; none overlaps another.

        `named`: those whom the document names in full without these texts saying so.
        """
        split = [words_of(text) for text in texts]
        found = [list(self._forms(text, words)) for text, words in zip(texts, split, strict=True)]
        whole = {item.owner for listed in found for item in listed if item.kind != "part"} | set(named)
        return [[item for item in listed if item.kind != "part" or item.owner in whole] for listed in found]

    def _forms(self, text: str, words: Sequence[Word]) -> Iterator[Found]:
        at = 0
        while self.lengths and at < len(words):
            item = self._longest(text, words, at)
            if item is None:
                at += 1
            else:
                yield item
                at += len(item.form)

    def _longest(self, text: str, words: Sequence[Word], at: int) -> Found | None:
        reach = at + 1
        while reach < len(words) and reach - at < self.lengths[0] and _joined(text, words[reach - 1], words[reach]):
            reach += 1
        for length in self.lengths:
            if at + length > reach:
                continue
            form = tuple(word.folded for word in words[at : at + length])
            known = self.look_up(form)
            if known is None:
                continue
            owner, kind = known
            if kind != "any" and not words[at].capital:
                continue
            if kind == "part" and _within_a_name(text, words, at, at + length):
                continue
            return Found(owner, kind, words[at].start, words[at + length - 1].end, form)
        return None


def lengths_of(forms: Iterable[Form]) -> tuple[int, ...]:
    """The lengths that forms have, the longest first."""
    return tuple(sorted({len(form) for form in forms}, reverse=True))


def blanked(text: str, spans: Iterable[Span]) -> str:
    """A text of the same length with placeholders for what stands in the spans; lines stay lines."""
    letters = list(text)
    for start, end in spans:
        for at in range(start, end):
            if letters[at] != "\n":
                letters[at] = ERASED
    return "".join(letters)


def _joined(text: str, one: Word, other: Word) -> bool:
    """Whether two words may be of one name."""
    gap = text[one.end : other.start]
    return len(gap) <= _FARTHEST and gap.count("\n") <= 1


def _within_a_name(text: str, words: Sequence[Word], start: int, end: int) -> bool:
    """Whether the words are part of a longer capitalised name: "Bo Lind", "B. Lind", "Lind Bank", not "Ms Lind"."""
    around = []
    if start:
        around.append((words[start - 1], text[words[start - 1].end : words[start].start]))
    if end < len(words):
        around.append((words[end], text[words[end - 1].end : words[end].start]))
    return any(
        (gap in (" ", "-", "\u00a0") or (gap == ". " and len(word.folded) == 1))
        and word.capital
        and word.folded not in _TITLES
        and word.folded not in STOP_WORDS
        for word, gap in around
    )
