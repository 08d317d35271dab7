"""What two names alone say about being one entity's, and the blocks under which names that might be are found."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

#: Abbreviated legal forms of companies, folded (the common ones of the GLEIF list of entity legal forms, ISO 20275).
LEGAL_FORMS = frozenset(
    """ab ag aps as asa bv co corp corporation eg gmbh inc incorporated is kg kgaa llc llp lp ltd limited nv oy oyj plc
    pty sa sarl sas se sl spa srl""".split()
)
_SAME_FORM = {"limited": "ltd", "incorporated": "inc", "corporation": "corp"}
_NOT_FIRST = frozenset("the mr mrs ms miss dr prof sir herr frau".split())
_SMALL_WORDS = frozenset("a an and for in of on or the to".split())
# Letters that no decomposition takes apart; the second table is how Germans and Scandinavians write without umlauts.
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_WORD = re.compile(r"[^\W_]+")
_SLASHED_FORM = re.compile(r"\b(a)/(s)\b|\b(i)/(s)\b", re.IGNORECASE)
_CODE = re.compile(r"(?=\S*\d)[A-Z][A-Z0-9]*(?:[-_/.][A-Z0-9]+)*|\d[\d.-]*\d")
_ACRONYM = re.compile(r"[A-Z][A-Z&]{2,6}")
#: Larger blocks are left alone: what so many names share tells nothing, and comparing them all would take long.
MAX_BLOCK = 50
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")
_MIN_SPELLING = 6
_MIN_MISSPELT = 4
_SIMILAR = 0.92


@dataclass(frozen=True, slots=True)
class NameEvidence:
    """What two names say: a `kind` of `kg.resolution.rule.WEIGHTS`, or a contradiction.

    `short` tells which name (0 or 1) leaves out what the other says, None when neither does: a short name that fits two
    long ones tells nothing.
    """

    kind: str
    short: int | None = None
    contradicts: bool = False


def fold(name: str) -> str:
    """Lower case without accents: "Søren Kjærgaard" is "soren kjaergaard"."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(_LETTERS)


@lru_cache(maxsize=100_000)
def words(name: str) -> tuple[str, ...]:
    """The folded words of a name without article or title, the family name last: "Dr. Lind, Maria" is maria, lind."""
    if name.count(",") == 1 and not is_email(name):
        last, given = name.split(",")
        if len(last.split()) == 1 and 0 < len(given.split()) <= 3 and fold(given).strip(" .") not in LEGAL_FORMS:
            name = f"{given} {last}"
    found = tuple(_WORD.findall(fold(name)))
    return found[1:] if len(found) > 1 and found[0] in _NOT_FIRST else found


def is_code(name: str) -> bool:
    """Whether a name is an identifier, such as CTR-2024-007 or 556677-8899."""
    return bool(_CODE.fullmatch(name.strip()))


def is_email(name: str) -> bool:
    """Whether a name is an e-mail address."""
    return "@" in name


@lru_cache(maxsize=100_000)
def core(name: str) -> tuple[tuple[str, ...], str]:
    """The words of an organisation's name without its legal form, and the form ("" when there is none)."""
    found = list(words(_SLASHED_FORM.sub(lambda match: "".join(filter(None, match.groups())), name)))
    form = ""
    while len(found) > 1 and found[-1] in LEGAL_FORMS:
        last = found.pop()
        form = f"{_SAME_FORM.get(last, last)} {form}".strip()
    return tuple(found), form


def compare(first: str, second: str, people: bool) -> NameEvidence | None:
    """What two different names say about being one entity's; None when nothing. `people`: they are names of people."""
    emails = is_email(first) + is_email(second)
    if emails == 2:
        return NameEvidence("two e-mail addresses", contradicts=True)
    if emails:
        address, name = (first, second) if is_email(first) else (second, first)
        return _compare_address(address, name, short=1 if address == first else 0)
    if is_code(first) or is_code(second):
        same = squash(first) == squash(second)
        if same or not (is_code(first) and is_code(second)):
            return NameEvidence("same spelling") if same else None
        return NameEvidence("two identifiers", contradicts=True)
    if _numbers(first) != _numbers(second):
        return None
    return _compare_words(first, second, people)


def _compare_address(address: str, name: str, short: int) -> NameEvidence | None:
    """`short` is the place of the name: an address is unique, a name may be another's too."""
    for spelt in {words(name), words(name.casefold().translate(_SPELT_OUT))}:
        local = words(address.partition("@")[0])
        if len(spelt) < 2 or any(character.isdigit() for word in (*local, *spelt) for character in word):
            continue
        if local in (spelt, spelt[::-1]) and all(len(word) > 1 for word in (spelt[0], spelt[-1])):
            return NameEvidence("address spells the name", short)
        if local in ((spelt[0][0], spelt[-1]), (spelt[0][0] + spelt[-1],)):
            return NameEvidence("address spells surname and initial", 1 - short)
    return None


def may_be_one(first: str, second: str) -> bool:
    """Whether two names could be one entity's, whatever its type."""
    found = (compare(first, second, people) for people in (True, False))
    return any(evidence is not None and not evidence.contradicts for evidence in found)


def _compare_words(first: str, second: str, people: bool) -> NameEvidence | None:
    if squash(first) == squash(second):
        return NameEvidence("same spelling")
    if people:
        return _compare_people(words(first), words(second)) or _compare_letters(first, second)
    for place, (short, long) in enumerate(((first, second), (second, first))):
        if _ACRONYM.fullmatch(short) and short.replace("&", "").casefold() in acronyms(long):
            return NameEvidence("acronym", place)
    (core_1, form_1), (core_2, form_2) = core(first), core(second)
    if core_1 == core_2:
        if form_1 and form_2:
            same = form_1 == form_2
            return NameEvidence("same spelling" if same else "two legal forms", contradicts=not same)
        return NameEvidence("same but for the legal form", 1 if form_1 else 0)
    if squash(first).removesuffix("s") == squash(second).removesuffix("s"):
        return NameEvidence("singular and plural")
    bare = [_BRACKETS.sub("", name) for name in (first, second)]
    if squash(bare[0]) == squash(bare[1]) and (bare[0] == first or bare[1] == second):
        return NameEvidence("same but for the brackets", 0 if bare[0] == first else 1)
    return _compare_start((core_1, form_1), (core_2, form_2)) or _compare_letters(first, second)


def _compare_people(first: tuple[str, ...], second: tuple[str, ...]) -> NameEvidence | None:
    """Names of people, who need the same family name: by their given names."""
    if not first or not second or first[-1] != second[-1] or len(first[-1]) < 2:
        return None
    given_1, given_2 = first[:-1], second[:-1]
    if not given_1 or not given_2:
        return NameEvidence("surname alone", 0 if not given_1 else 1)
    if not _are_within(*sorted((given_1, given_2), key=len)):
        return NameEvidence("two first names", contradicts=True)
    if given_1[0] == given_2[0] and len(given_1[0]) > 1:
        return NameEvidence("same first and last name", 0 if len(given_1) < len(given_2) else 1)
    return NameEvidence("same surname and initial", 0 if len(given_1[0]) == 1 else 1)


def _are_within(some: tuple[str, ...], more: tuple[str, ...]) -> bool:
    """Whether given names are the other's in the same order, some left out but never the first; initials count."""
    rest = iter(more[1:])
    return _is_or_begins(some[0], more[0]) and all(any(_is_or_begins(name, item) for item in rest) for name in some[1:])


def _is_or_begins(given: str, other: str) -> bool:
    """Whether one given name is the other or its initial."""
    return given == other or (min(len(given), len(other)) == 1 and given[0] == other[0])


def _compare_start(first: tuple[tuple[str, ...], str], second: tuple[tuple[str, ...], str]) -> NameEvidence | None:
    for place, ((short, form), (long, _)) in enumerate(((first, second), (second, first))):
        if short and not form and len(short) < len(long) and long[: len(short)] == short and len(short[0]) > 2:
            return NameEvidence("start of the name", place)
    return None


def _compare_letters(first: str, second: str) -> NameEvidence | None:
    """Names that differ by a slip of the pen: one or two edits, alike at the start (Jaro-Winkler)."""
    one, other = squash(first), squash(second)
    if _numbers(first) or min(len(one), len(other)) < _MIN_SPELLING or len(words(first)) != len(words(second)):
        return None
    differing = [word for pair in zip(words(first), words(second), strict=True) if pair[0] != pair[1] for word in pair]
    if min(map(len, differing), default=0) < _MIN_MISSPELT:
        return None  # Schedule A and Schedule B
    allowed = 1 if min(len(one), len(other)) < 2 * _MIN_SPELLING else 2
    if DamerauLevenshtein.distance(one, other, score_cutoff=allowed) > allowed:
        return None
    return NameEvidence("nearly the same spelling") if JaroWinkler.similarity(one, other) >= _SIMILAR else None


@lru_cache(maxsize=100_000)
def squash(name: str) -> str:
    """The letters and digits of a folded name, run together: "Pulse-Harbour" and "pulseharbour" are one."""
    return "".join(words(name))


@lru_cache(maxsize=100_000)
def acronyms(name: str) -> frozenset[str]:
    """The initials of a name of several words, with and without its small words, folded."""
    found = words(name)
    large = [word for word in found if word not in _SMALL_WORDS]
    return frozenset("".join(word[0] for word in some) for some in (found, large) if 3 <= len(some) <= 7)


@lru_cache(maxsize=100_000)
def _numbers(name: str) -> tuple[str, ...]:
    return tuple(word for word in words(name) if any(character.isdigit() for character in word))


def blocks(name: str) -> set[str]:
    """The blocks of a name: names that share none are never compared.

    They stand for: spelling, start and consonants, first word, family name with initial, acronym.
    """
    return {f"{kind}:{value}" for kind, value in _blocks(name) if value}


def _blocks(name: str) -> Iterator[tuple[str, str]]:
    if is_email(name):
        local = words(name.partition("@")[0])
        yield "code", fold(name)
        if len(local) > 1:
            yield "person", f"{local[-1]} {local[0][0]}"
            yield "person", f"{local[0]} {local[-1][0]}"
        elif local:
            yield "person", f"{local[0][1:]} {local[0][0]}"
        return
    if is_code(name):
        yield "code", squash(name)
        return
    found, _ = core(name)
    if not found:
        return
    letters = squash(name)
    yield "spelling", letters.removesuffix("s")
    yield "consonants", found[0][:1] + re.sub(r"[aeiouy]|(.)(?=\1)", "", "".join(found)[1:])[:5]
    yield "word", found[0]
    if 2 <= len(found) <= 4 and not _numbers(name):
        yield "word", found[-1]
        for spelt in {words(name), words(name.casefold().translate(_SPELT_OUT))}:
            yield "person", f"{spelt[-1]} {spelt[0][0]}"
    if _ACRONYM.fullmatch(name):
        yield "acronym", name.replace("&", "").casefold()
    for initials in acronyms(name):
        yield "acronym", initials
