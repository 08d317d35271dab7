"""A text as the checks read it: its words with their terms, and its clauses with what is denied in them.

Without a parser: a clause ends at a conjunction or a mark; "not", "nobody", "unless" and "forbidden" deny all of it,
"without" and most often "no" the noun that follows, "neither" and "nor" the rest. With "only" nothing is certain.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.terms import STOP_WORDS, terms

_TOKEN = re.compile(r"[^\W_]+(?:[-'’./@][^\W_]+)*|[.,;:!?()—–]| - ")
_POSSESSIVE = re.compile(r"['’]s$|(?<=s)['’]$")
_KEPT = 20_000

MODALS = frozenset("must shall may can could should will would might cannot ought".split())
AUXILIARIES = MODALS | frozenset("is are was were be been being has have had do does did".split())
_PRONOUNS = frozenset("it they he she we you this that these those there".split())
# Words that carry nothing of their own: what they tell is checked by itself.
_LIGHT = MODALS | frozenset(
    """also however therefore thus hence moreover furthermore additionally respectively e.g i.e etc yes per cent
    percent within unless except without never nobody nothing none neither either least plus one via onwards upon
    whoever anyone anybody everyone everybody someone somebody himself herself themselves already still yet even though
    although whereas while since need needs needed""".split()
)
_SUBORDINATORS = frozenset(
    """if unless when whenever where while whereas although though because since until once except as provided
    before after""".split()
)
# After "and" these begin a clause of its own, whatever its verb.
_NEW_SUBJECTS = AUXILIARIES | frozenset("each every no nobody none".split())
_OPENERS = frozenset(
    "but which who whom whose whether if unless when whenever while whereas although though because except".split()
)
_STOPS = frozenset(".;:!?()—–") | {" - "}
_DENIALS = frozenset("not never cannot hardly nobody none nothing".split())
_FORBIDDEN = frozenset("forbidden prohibited banned disallowed barred".split())
_ONLY = frozenset("only solely exclusively alone just reserved".split())
# Verbs that deny in part, or other things than "not" does.
_UNCERTAIN = frozenset(
    "frozen freeze lack lacks lacked fail fails failed refuse refused prevent prevents avoid exempt".split()
)
_NOT_DENIED = frozenset("more less fewer later earlier".split())
_NOUN_WORDS = 4
_ARTICLES = frozenset("a an the each every any".split())
_LABEL = 4
_AFTER_NOUN = frozenset("in by for on with at to unless ,".split())
_MODALITIES = {
    **dict.fromkeys("must shall requires require required obliged mandatory compulsory obligatory".split(), "must"),
    **dict.fromkeys("may can might could allowed permitted optional optionally entitled choose free".split(), "may"),
    **dict.fromkeys("should recommended encouraged advised advisable ought consider".split(), "should"),
}
_NO_ONE = re.compile(r"\bno[ -]one\b", re.IGNORECASE)
_UNABLE = re.compile(r"\b(?:(?:is|are|was|were) )?(?:unable|not able) to\b", re.IGNORECASE)
_HAVE_TO = re.compile(r"\b(?:has|have|had|needs?|is|are) to\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word: as written, in lower case, its terms (none for light words and marks), its place in the text."""

    text: str
    low: str
    terms: tuple[str, ...]
    start: int

    @property
    def capital(self) -> bool:
        """Whether it is written like a name."""
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: its words, for each whether it is said (1), denied (-1) or neither for certain (0).

    `denied` are the places of the words that a denial is about: the verb after "not", the noun after "no". The modality
    is "must", "may" or "should", "" where there is none or more than one.
    """

    words: tuple[Word, ...]
    stances: tuple[int, ...]
    denied: frozenset[int]
    modality: str
    only: bool

    @property
    def denied_terms(self) -> frozenset[str]:
        """The terms of the words that its denials are about."""
        return frozenset(term for place in self.denied for term in self.words[place].terms)

    @property
    def terms(self) -> frozenset[str]:
        """The terms of its words."""
        return frozenset(term for word in self.words for term in word.terms)


@lru_cache(maxsize=_KEPT)
def words_of(text: str) -> tuple[Word, ...]:
    """The words and punctuation marks of a text in order; "no one" is read as "nobody", "unable to" as "cannot"."""
    found = []
    text = _UNABLE.sub(lambda match: "cannot".ljust(len(match.group())), _NO_ONE.sub("nobody", text))
    for match in _TOKEN.finditer(text):
        low = match.group().casefold()
        bare = _POSSESSIVE.sub("", low)
        light = bare in _LIGHT or bare.endswith(("n't", "n’t")) or bare in STOP_WORDS or not match.group()[0].isalnum()
        found.append(Word(match.group(), bare, () if light else tuple(terms(bare)), match.start()))
    return tuple(found)


@lru_cache(maxsize=_KEPT)
def clauses_of(text: str) -> tuple[Clause, ...]:
    """The clauses of a text in order."""
    parts = [words for words in _split(words_of(text)) if words]
    return tuple(
        _clause(words, text, bool(before) and before[-1].low in _ONLY)
        for before, words in zip([[], *parts], parts, strict=False)
        if any(word.terms for word in words)
    )


def _split(words: Sequence[Word]) -> list[list[Word]]:
    parts: list[list[Word]] = [[]]
    for position, word in enumerate(words):
        current = parts[-1]
        following = words[position + 1] if position + 1 < len(words) else None
        if word.low == "." and following and following.text[0].islower():
            continue  # "Inc."
        if word.low == ":" and len(current) <= _LABEL and not any(other.low in AUXILIARIES for other in current):
            continue  # "Absent: Marjatta Lehtinen"
        if word.low == "whether" and following and following.low == "to":
            current.append(word)  # "whether to inform them" is what is decided
        elif word.low in _STOPS:
            parts.append([])
        elif word.low == "that" and following and following.low in _ONLY:
            parts.append([word])  # "approved on condition that only": what is approved is certain
        elif word.low == ",":
            first = next((other.low for other in current if not other.low[0].isdigit()), "")
            leading = first in _SUBORDINATORS or first == "not"
            if leading or _opens(words, position + 1, current):
                parts.append([])
        elif word.low in _OPENERS or (word.low in ("and", "or") and _opens(words, position, current)):
            parts.append([word])
        else:
            current.append(word)
    return parts


def _opens(words: Sequence[Word], position: int, current: Sequence[Word]) -> bool:
    """Whether a clause begins at a word: with a verb of its own soon after it, where the one before has one already."""
    following = [word.low for word in words[position : position + 6]]
    if not following:
        return False
    if following[0] in _OPENERS or following[0] in _SUBORDINATORS or following[0] in ("so", "nor", "not"):
        return True
    if following[0] not in ("and", "or", "nor") and following[0] not in _PRONOUNS:
        return False
    if len(following) > 1 and following[0] in ("and", "or") and following[1] in _NEW_SUBJECTS:
        return True
    before = any(word.low in AUXILIARIES or word.low in _DENIALS for word in current)
    after = next((n for n, low in enumerate(following) if low in AUXILIARIES or low in _DENIALS), None)
    return before and after is not None and not any(low in _STOPS or low == "," for low in following[:after])


def _clause(words: Sequence[Word], text: str, after_only: bool) -> Clause:
    lows = [word.low for word in words]
    only = after_only or any(low in _ONLY for low in lows)
    span = text[words[0].start : words[-1].start + len(words[-1].text)]
    # "Must choose" is a must, "may choose" a may.
    chosen = {low for low in lows if low in _MODALITIES and not (low == "choose" and MODALS & set(lows))}
    told = {_MODALITIES[low] for low in chosen} | ({"must"} if _HAVE_TO.search(span) else set())
    modality = next(iter(told)) if len(told) == 1 else "should" if told == {"should", "may"} else ""
    return Clause(tuple(words), tuple(_stances(lows, only, words)), _denied(words), modality, only)


def _stances(lows: Sequence[str], only: bool, words: Sequence[Word]) -> list[int]:
    if only or any(low in _UNCERTAIN for low in lows) or lows[0] in ("except", "whether"):
        return [0] * len(lows)
    whole = -1 if any(low in _FORBIDDEN for low in lows) else 1
    whole *= -1 if lows[0] == "unless" else 1
    stances, rest, noun = [], 1, 0
    for number, low in enumerate(lows):
        following = lows[number + 1] if number + 1 < len(lows) else ""
        if low == "no" and (following == "longer" or _is_subject(lows, number)):
            whole = -whole
        elif low in ("no", "without") or (low == "of" and number and lows[number - 1] == "free"):
            noun = 0 if following in _NOT_DENIED else _NOUN_WORDS
        elif low in ("neither", "nor"):
            rest = -1
        elif low == "whether":
            rest = 0
        elif (low in _DENIALS or low.endswith(("n't", "n’t"))) and following not in _NOT_DENIED:
            whole = -whole
        elif noun and (low in AUXILIARIES or low in _AFTER_NOUN or (low in _ARTICLES and noun < _NOUN_WORDS)):
            noun = 0
        stances.append(-rest if noun and words[number].terms else rest)
        noun -= 1 if noun and words[number].terms else 0
    doubly = whole == -1 and "without" in lows  # "no system can be used without signing in"
    return [0 if doubly and stance == -1 else whole * stance for stance in stances]


def _denied(words: Sequence[Word]) -> frozenset[int]:
    """The places of the words that the clause's denials are about."""
    content = [place for place, word in enumerate(words) if word.terms]
    verb = max((place for place, word in enumerate(words) if word.low in AUXILIARIES), default=None)
    behind = [place for place in content if verb is not None and place > verb]
    found: set[int] = set()
    if any(word.low in _FORBIDDEN for word in words):
        found.update(content)
    elif words[0].low == "unless":
        found.update(behind or content)
    for number, word in enumerate(words):
        follows = [place for place in content if place > number]
        if word.low in _DENIALS or word.low.endswith(("n't", "n’t")):
            found.update(follows[:1])
        elif word.low in ("no", "neither"):
            found.update(follows[:2])
            found.update(place for place in behind[:1] if word.low == "no" and verb is not None and place == verb + 1)
        elif word.low in ("without", "nor") or (word.low == "of" and words[number - 1].low == "free"):
            found.update(follows[:1])
    return frozenset(found)


def _is_subject(lows: Sequence[str], number: int) -> bool:
    """Whether "no" begins a clause with a verb: "no exception can be granted" denies all of it."""
    following = lows[number + 1] if number + 1 < len(lows) else ""
    verb = any(low in AUXILIARIES for low in lows[number + 1 : number + 6])
    return (
        number <= 1 and verb and following not in _NOT_DENIED and not any(low in AUXILIARIES for low in lows[:number])
    )
