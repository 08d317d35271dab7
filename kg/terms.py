"""Text analysis for full text, the same for both stores: they index the terms that come from here.

Lower case, English stop words left out, Snowball stems (Porter 2, https://snowballstem.org/algorithms/english/).
An identifier such as INC-2026-003 gives its parts and the whole, so both "2026" and the exact id find it.
"""

import re
import unicodedata
from functools import lru_cache

import Stemmer

STOP_WORDS = frozenset(
    """a about above after again against all also am an and any are as at be because been before being below between
    both but by can could did do does doing down during each either few for from further had has have having he her
    here hers him his how i if in into is it its itself just me more most my no nor not of off on once only or other
    our out over per same she should so some such than that the their them then there these they this those
    through to too under until up upon us very was we were what when where whether which while who whom whose why will
    with would you your""".split()
)
# An underscore joins no word: a record's "source_ip" is found by "ip".
_WORD = re.compile(r"[^\W_]+(?:[-./_][^\W_]+)+|[^\W_]+")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b")
_PART = re.compile(r"[^\W_]+")
# Lucene splits a longer word in two, and then neither part is found; no real word is as long.
_LONGEST = 100
_stemmer = Stemmer.Stemmer("english")


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of one word in lower case."""
    return str(_stemmer.stemWord(word))


def terms(text: str) -> list[str]:
    """The terms of a text in order, repeated as they repeat."""
    # Composed, so that "é" is one letter however a document writes it; lower() for the few scripts casefold() raises.
    plain = _POSSESSIVE.sub("", unicodedata.normalize("NFKC", text).casefold().lower())
    return [term for word in _WORD.findall(plain) for term in _terms_of(word)]


@lru_cache(maxsize=200_000)
def _terms_of(word: str) -> tuple[str, ...]:
    """The terms of one word in lower case, which may be several joined by hyphens, stops or slashes."""
    parts = _PART.findall(word)
    found = [stem(part) for part in parts if part not in STOP_WORDS]
    if len(parts) > 1 and any(character.isdigit() for character in word):
        found.append("".join(parts))
    return tuple(term[:_LONGEST] for term in found)


def term_text(*texts: str) -> str:
    """The terms of several texts as one string, which the stores index."""
    return " ".join(term for text in texts for term in terms(text))
