"""Normalised names: two mentions are one entity when their names normalise alike."""

import re
import unicodedata

from kg.values import normalise_value

_DETERMINERS = frozenset("a an the this that these those any each every all such its their his her our your".split())
_BEFORE_VALUE = re.compile(rf"(?:(?:{'|'.join(sorted(_DETERMINERS))})\s+)+", re.IGNORECASE)
_AROUND_VALUE = " \t\n\"'“”‘’.,;:"
#: What stands in texts, once for each character, where the name of a person stood who was erased.
ERASED = "█"
_TOKEN = re.compile(rf"[\w&@+%€$£{ERASED}]+(?:[-./'’@:][\w{ERASED}]+)*", re.UNICODE)
_POSSESSIVE = re.compile(r"(?:['’]s?)+$")
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)\s*$")
_PLURAL_EXCEPTIONS = ("ss", "us", "is", "ous", "news", "series", "species")


def normalise_name(name: str) -> str:
    """The key of a name: NFKC, case folded, leading determiners, possessives, punctuation and lower-case plurals off.

    Only words written in lower case lose their plural: "controllers" is "controller", but "Williams" stays. So a key
    is its own key when read in capitals, and not when read in lower case: nothing normalises a key again.
    A value's key is the value: "seventy-two (72) hours" and "72 hours" are one (see `kg.values`).
    """
    if value := value_of(name):
        return value.casefold()
    words = [_bare(word) for word in _TOKEN.findall(unicodedata.normalize("NFKC", name))]
    words = [word for word in words if word]
    if all(set(word) <= {ERASED} for word in words):
        return ""
    while words and words[0] in _DETERMINERS:
        words.pop(0)
    return " ".join(words)


def value_of(name: str) -> str:
    """The date, duration, amount or percentage that a name is, in its one spelling, else ""."""
    composed = unicodedata.normalize("NFKC", name).strip(_AROUND_VALUE)
    return normalise_value(_BEFORE_VALUE.sub("", composed, 1).strip(_AROUND_VALUE))


def _bare(word: str) -> str:
    # Folding takes some letters apart, so they are composed once more.
    return unicodedata.normalize("NFKC", _singular(_POSSESSIVE.sub("", word))).rstrip("-./'’@:")


def _singular(word: str) -> str:
    folded = word.casefold()
    if word != folded or len(folded) < 4 or not folded.endswith("s") or folded.endswith(_PLURAL_EXCEPTIONS):
        return folded
    if folded.endswith("ies"):
        return folded[:-3] + "y"
    if folded.endswith(("ches", "shes", "xes", "zes", "sses")):
        return folded[:-2]
    return folded[:-1]


def bare_title(title: str) -> str:
    """A title without what its brackets tell: "Mistress (1992 film)" is "Mistress"."""
    return _IN_BRACKETS.sub("", title) or title


def document_names(title: str, uri: str) -> str:
    """What people call a document by: its title, and its file's name when that says more."""
    return f"{title} {uri.rpartition('/')[2].rpartition('.')[0]}"
