"""Whether a text holds a word of the question, as such or by another word for it."""

import re
from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from kg.ontology import Ontology
from kg.store import Vector
from kg.terms import STOP_WORDS, stem, terms
from qa.nearness import vectors_of
from qa.question import Question
from qa.sentences import sentence_terms

# Cosine of two words alone, from which one may stand for the other: "lose" and "lost" have 0.60.
SAME_MEANING = 0.6
_LETTERS = re.compile(r"[^\W\d_]{3,}")


@dataclass(slots=True)
class Text:
    """A piece of evidence with its terms and words; `predicates` are those of the facts that it comes from."""

    text: str
    predicates: frozenset[str] = frozenset()
    terms: frozenset[str] = field(init=False)
    words: tuple[str, ...] = field(init=False)
    _vectors: Vector | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.terms = sentence_terms(self.text)
        self.words = _words_of(self.text)

    def nearest(self, vector: Vector) -> float:
        """The cosine with a word's vector [384] of the word of the text that means most nearly the same; 0 without
        words."""
        if not self.words:
            return 0.0
        if self._vectors is None:
            self._vectors = vectors_of(self.words)
        return max(0.0, float(np.max(self._vectors @ vector)))


@lru_cache(maxsize=20_000)
def _words_of(text: str) -> tuple[str, ...]:
    return tuple(sorted({w for w in _LETTERS.findall(text.casefold()) if w not in STOP_WORDS}))


class Meanings:
    """The terms of one question, each with what else may say it."""

    def __init__(self, question: Question, ontology: Ontology) -> None:
        self._words = {stem(word.casefold()): word.casefold() for word in question.words}
        for word in question.words:
            for part in re.split(r"[-./_]", word.casefold()):
                self._words.setdefault(stem(part), part)
        self._vectors: dict[str, Vector] = {}
        self._synonyms = _synonyms(ontology)
        self._phrases = _phrases_for(set(question.terms), ontology)
        self._acronyms = {word.casefold() for word in question.words if word.isupper() and 1 < len(word) < 7}

    def strength(self, term: str, text: Text) -> float:
        """1 when the text says the term, else the cosine of the nearest of its words; about 0.6 may be the same."""
        if term in text.terms or any(phrase <= text.terms for phrase in self._phrases.get(term, ())):
            return 1.0
        synonyms = self._synonyms.get(term, {})
        if synonyms.keys() & text.predicates:
            return 1.0
        # A word of several predicates ("report": to a manager, or an incident) is not to be told by other words.
        if len(synonyms) == 1 and next(iter(synonyms.values())) & text.terms:
            return 1.0
        word = self._words.get(term, "")
        if word in self._acronyms and re.search(_initials(word), text.text):
            return 1.0
        return text.nearest(self._vector(word)) if _LETTERS.fullmatch(word) else 0.0

    def _vector(self, word: str) -> Vector:
        if word not in self._vectors:
            self._vectors[word] = vectors_of((word,))[0]
        return self._vectors[word]

    def held(self, term: str, text: Text) -> bool:
        """Whether the text says the term, or a word that may stand for it."""
        return self.strength(term, text) >= SAME_MEANING


@lru_cache(maxsize=8)
def _synonyms(ontology: Ontology) -> dict[str, dict[str, frozenset[str]]]:
    """For each one-word label of a predicate: the predicates it stands for, with their other one-word labels."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    # "manager" in a passage is most often part of somebody's title, and says nothing of who reports to whom.
    titles = {stem(word) for kind in ontology.types.values() for word in kind.headwords}
    for predicate in ontology.predicates.values():
        phrases = (
            *predicate.labels,
            *predicate.cues,
            *predicate.inverse_cues,
            *predicate.columns,
            *predicate.inverse_columns,
        )
        single = frozenset(found_terms[0] for phrase in phrases if len(found_terms := terms(phrase)) == 1)
        for term in single:
            found.setdefault(term, {})[predicate.name] = single - titles
    return found


def _phrases_for(asked: Set[str], ontology: Ontology) -> dict[str, list[frozenset[str]]]:
    """For the terms of a predicate's phrase in the question, its other phrases: "source ip" says "IP address"."""
    found = defaultdict[str, list[frozenset[str]]](list)
    for long in _long_phrases(ontology):
        for term in {term for phrase in long if phrase <= asked for term in phrase}:
            found[term] += long
    return found


@lru_cache(maxsize=8)
def _long_phrases(ontology: Ontology) -> list[list[frozenset[str]]]:
    """The phrases of several terms of each predicate, as sets of terms."""
    found = []
    for predicate in ontology.predicates.values():
        phrases = (*predicate.labels, *predicate.columns, *predicate.inverse_columns)
        found.append([phrase for phrase in (frozenset(terms(text)) for text in phrases) if len(phrase) > 1])
    return found


def _initials(acronym: str) -> str:
    """A pattern of capitalised words that an acronym stands for: "eea" for "European Economic Area"."""
    return r"\b" + r"[\w-]*\s+(?:(?:of|and|the|for)\s+)?".join(letter.upper() for letter in acronym) + r"[\w-]+"
