"""Names and roles that a claim holds and its evidence does not."""

import re
from collections.abc import Sequence, Set
from functools import lru_cache
from itertools import pairwise

from kg.ontology import Ontology
from kg.terms import STOP_WORDS, terms
from qa.verification.evidence import Evidence
from qa.verification.quantities import quantities_of
from qa.verification.reading import Word, words_of

_LONGEST_ACRONYM = 6
# "Swedish" stands for "Sweden", which begin alike.
_DEMONYM = 3
# Words that end the names of roles and bodies; "lead" and "chair" are verbs as well.
_HEADED = ("Role", "Department")
_NOT_HEADS = frozenset("lead chair steward office desk operations team unit owner".split())
# Words before a role that do not make another one of it.
_UNQUALIFYING = frozenset(
    "new same responsible respective appointed named current former relevant competent own".split()
)
# What a person is addressed by is no part of the name: "Ms Mensah" is Efua Mensah.
_ADDRESSES = frozenset("mr mrs ms miss mx dr prof professor sir dame madam madame monsieur herr frau".split())
# What may stand before a name at a sentence's beginning, in capitals for that alone, beside words in "-ing".
_OPENINGS = frozenset(
    """although though since while whereas because unless until before after when whenever where if once as despite
    without with within between among beyond besides beside instead around about under over at by for from in into of
    off on onto out to toward towards upon via like both either neither nor and but or only even still yet then thus
    later earlier meanwhile today yesterday formerly previously currently now here there not no every each some any
    all many most few several another other such that this these those according""".split()
)
# "3.2 Administrative access": so a numbered paragraph begins.
_NUMBERING = re.compile(r"^[\d.]+$")
_KEPT = 20_000


@lru_cache(maxsize=_KEPT)
def names_of(text: str) -> tuple[tuple[Word, ...], ...]:
    """The names of a text: runs of capitalised words that are no values.

    A word at the beginning is none unless another follows: anything is written so there. One with a capital inside
    ("PulseHarbour") is.
    """
    values = [(value.start, value.end) for value in quantities_of(text) if value.kind != "number"]
    found: list[tuple[Word, ...]] = []
    run: list[Word] = []
    for word in (*words_of(text), None):
        if word and _may_name(word, text) and not any(start <= word.start < end for start, end in values):
            run.append(word)
            continue
        if len(run) > 1 and _begins(run[0], text) and _opens(run[0]):
            del run[0]
        if run and (len(run) > 1 or not _begins(run[0], text) or _shows(run[0])):
            found.append(tuple(run))
        run = []
    return tuple(found)


def strange_names(claim: str, evidence: Evidence, question: str, known: Set[str]) -> list[str]:
    """The claim's names that are in no quote, title or fact of its evidence, and not in the question either.

    `known` are words in lower case that are names elsewhere, so that they count as such at a claim's beginning, too.
    """
    sources = [*evidence.units, evidence.context, question]
    said = " ".join(f" {' '.join(word.low for word in words_of(source))} " for source in sources)
    runs = list(names_of(claim))
    first = next((word for word in words_of(claim) if word.terms), None)
    if first and first.capital and first.low in known and not any(first in run for run in runs):
        runs.append((first,))
    granted = evidence.terms | set(terms(question))
    # Where the evidence has "Mr Vestby", "Håkon Vestby" is him, if some evidence of the answer names a Håkon.
    return [" ".join(word.text for word in run) for run in runs if not _is_said(run, said, sources, granted, known)]


def strange_roles(claim: str, evidence: Evidence, question: str, ontology: Ontology) -> list[str]:
    """Roles and bodies in lower case of which the evidence lacks the last word, or has it with another before it.

    "Line manager", where the evidence has no manager or speaks of the hiring manager only.
    """
    granted = evidence.terms | set(terms(question))
    heads = _role_heads(ontology)
    words = words_of(claim)
    found = []
    for before, word in pairwise(words):
        if before.capital or not word.terms or word.low.removesuffix("s") not in heads:
            continue
        qualified = bool(before.terms) and before.low not in _UNQUALIFYING and not set(before.terms) & granted
        if not set(word.terms) & granted or (qualified and not word.capital):
            found.append(f"{before.low} {word.low}")
    return found


@lru_cache(maxsize=8)
def _role_heads(ontology: Ontology) -> frozenset[str]:
    kinds = (ontology.types[kind] for kind in _HEADED if kind in ontology.types)
    return frozenset(word for kind in kinds for word in kind.headwords) - _NOT_HEADS


def _may_name(word: Word, text: str) -> bool:
    if text[max(0, word.start - 1) : word.start] == "°":
        return False
    if word.low in _ADDRESSES:
        return False
    return word.capital and (word.low not in STOP_WORDS or (len(word.text) > 1 and word.text.isupper()))


def _opens(word: Word) -> bool:
    return not _shows(word) and (word.low in _OPENINGS or word.low.endswith("ing"))


def _begins(word: Word, text: str) -> bool:
    before = _NUMBERING.sub("", text[: word.start].rstrip(" \"'“‘(*_"))
    return not before or before[-1] in ".:!?\n–—-"


def _shows(word: Word) -> bool:
    return any(character.isupper() for character in word.text[1:])


def _is_said(run: Sequence[Word], said: str, sources: Sequence[str], granted: Set[str], known: Set[str]) -> bool:
    """Whether the sources have the name, or each part of it as a name of its own: "Officer" and "Chidi Okafor"."""
    position = 0
    while position < len(run):
        end = len(run)
        while end > position and f" {' '.join(word.low for word in run[position:end])} " not in said:
            end -= 1
        if end - position > 1 or (end > position and (len(run) == 1 or _stands_alone(run[position], sources))):
            position = end
        elif _otherwise_said(run[position], said, sources, granted):
            position += 1
        elif run[position].low in known and position + 1 < len(run) and _stands_alone(run[position + 1], sources):
            position += 2
        else:
            return False
    return True


def _otherwise_said(word: Word, said: str, sources: Sequence[str], granted: Set[str]) -> bool:
    """By another form of the word, by its initials or those of other words, or as what belongs to a country."""
    if word.text.isupper() and 1 < len(word.text) <= _LONGEST_ACRONYM:
        return True  # told by its share in the words covered
    if word.terms and set(word.terms) <= granted and _stands_alone(word, sources):
        return True
    beginning = word.low[:_DEMONYM]
    return len(word.low) > _DEMONYM and any(
        other.capital and other.low != word.low and other.low.startswith(beginning) and _ends_alike(word.low, other.low)
        for source in sources
        for other in words_of(source)
    )


def _ends_alike(one: str, other: str) -> bool:
    return one.endswith(("ish", "ian", "ese", "an")) or other.endswith(("ish", "ian", "ese", "an"))


def _stands_alone(word: Word, sources: Sequence[str]) -> bool:
    """Whether some source has the word without another capitalised one beside it, so that it is no part of a name."""
    for source in sources:
        words = words_of(source)
        for number, other in enumerate(words):
            if other.low != word.low and not set(other.terms) & set(word.terms):
                continue
            around = [words[place] for place in (number - 1, number + 1) if 0 <= place < len(words)]
            if not any(_may_name(neighbour, source) and neighbour.terms for neighbour in around):
                return True
    return False
