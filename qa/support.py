"""Does the evidence answer the question, or only speak of the same things? Decides between answering and abstaining.

A passage supports an answer when it holds the names that the question names and, of the remaining words, most: as
such, by a word that the ontology gives the same meaning ("boss" and "reports to"), or by one very near in meaning.
Some words no passage may lack: numbers, identifiers, unknown names, and what the question asks for ("the salary").
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from kg.model import VALUE_TYPES
from kg.names import document_names
from kg.ontology import Ontology
from kg.store import Row
from kg.terms import STOP_WORDS, stem, terms
from qa.answer import Quote
from qa.link import Link
from qa.nearness import vectors_of
from qa.plan import Plan
from qa.question import Question
from qa.sentences import sentence_spans

_ENOUGH = 0.55
# Cosine of two words alone, from which one may stand for the other: "lose" and "lost" have 0.60.
_SAME_MEANING = 0.6
# Long numbers and identifiers; "3 March" may be written in many ways, "2024" and "AC-15" may not.
_DIGITS = re.compile(r"\d{3}|\d.*[A-Za-z]|[A-Za-z].*\d")
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_AUXILIARY = (
    r"(?:is|are|was|were|does|do|did|has|have|had|can|could|may|must|shall|should|will|would|happens?|counts?|applies)"
)
_ENDS = r"(?=\s+(?:of|for|in|on|at|to|that|who|which|with|under|behind|from|by|between|we|our|the)\b|[?,]|$)"
_FOCUS = (
    rf"\b(?:what|which)\s+(?!{_AUXILIARY}\b)(?P<focus>[\w\s-]+?)(?:(?=\s+{_AUXILIARY}\b)|{_ENDS})",
    rf"\b(?:what|who|how high|how large)\s+(?:is|are|was|were)\s+(?:the|a|an)\s+(?P<focus>[\w\s-]+?){_ENDS}",
    rf"(?:'s|’s)\s+(?P<focus>[\w\s-]+?){_ENDS}",
)


@dataclass(slots=True)
class Context:
    """A piece of evidence as one text: a quote within its passage, or the facts of an answer with their quotes."""

    text: str
    predicates: frozenset[str] = frozenset()
    sentences: tuple[str, ...] = ()
    terms: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.terms = set(terms(self.text))

    @property
    def parts(self) -> "list[Context]":
        """Its sentences as contexts of their own; facts stay together."""
        return [Context(sentence) for sentence in self.sentences] or [self]


@dataclass(frozen=True, slots=True)
class Support:
    """`share` of the question's words that the best context holds; `missing` are those that it lacks."""

    share: float
    missing: tuple[str, ...]
    lacking: tuple[str, ...]

    @property
    def enough(self) -> bool:
        """Whether to answer."""
        return self.share >= _ENOUGH and not self.lacking


def contexts_of(
    quotes: Sequence[Quote], passages: Sequence[Row], facts: Iterable[tuple[Row, Sequence[Quote]]]
) -> list[Context]:
    """The contexts that an answer could rest on: each quote's passage, and the facts together."""
    by_id = {passage["id"]: passage for passage in passages}
    found = []
    for quote in quotes:
        passage = by_id[quote.passage_id]
        frame = f"{document_names(quote.title, quote.uri)} {passage['heading']}"
        spans = sentence_spans(passage["text"])
        sentences = tuple(f"{frame} {passage['text'][start:end]}" for start, end in spans)
        found.append(Context(f"{frame} {passage['text']}", sentences=sentences))
    joined = [(row, quote) for row, of_fact in facts for quote in of_fact]
    if joined:
        said = [f"{row['subject']} {row['object']} {document_names(q.title, q.uri)} {q.quote}" for row, q in joined]
        found.append(Context(" ".join(said), frozenset(row["predicate"] for row, _ in joined)))
    return found


def judge_support(question: Question, plan: Plan, contexts: Sequence[Context], ontology: Ontology) -> Support:
    """How far the best context supports an answer, and which indispensable words none holds."""
    named = [_Name(item) for item in plan.links if _is_proper(item)]
    wanted = [term for term in question.terms if not any(term in name.terms for name in named)]
    meanings = _Meanings(question, ontology)
    eligible = [context for context in contexts if all(name.named_in(context) for name in named)]
    if len(wanted) == 1:
        # "Who does Henrik report to?": one word besides the name, so both must stand in one sentence.
        eligible = [
            part for context in eligible for part in context.parts if all(name.named_in(part) for name in named)
        ]
    best = Support(0.0, tuple(wanted), ())
    for context in eligible:
        missing = tuple(term for term in wanted if not meanings.held(term, context))
        share = 1 - len(missing) / len(wanted) if wanted else 1.0
        if share > best.share:
            best = Support(round(share, 4), missing, ())
    lacking = tuple(
        term for term in _indispensable(question, plan) if not any(meanings.held(term, context) for context in contexts)
    )
    return Support(best.share, best.missing, lacking)


def _indispensable(question: Question, plan: Plan) -> list[str]:
    """Terms without which there is no answer: numbers, identifiers, names that no entity has, and what is asked for."""
    linked = {position for item in plan.links for position in range(item.start, item.end)}
    words = [word for position, word in enumerate(question.words) if position not in linked]
    first = question.words[0] if question.words else ""
    strict = [word for word in words if _DIGITS.search(word) or (word[0].isupper() and word != first)]
    found = [term for word in strict for term in terms(word)]
    for pattern in _FOCUS:
        if match := re.search(pattern, question.text.casefold()):
            # The last word is the head: "insurance premium" asks for a premium.
            found += [term for term in terms(match["focus"].split()[-1]) if term in question.terms]
    names = {term for item in plan.links if _is_proper(item) for term in terms(item.text)}
    return [term for term in dict.fromkeys(found) if term not in names]


def _is_proper(item: Link) -> bool:
    """Whether words name something in particular: by capitals or digits, and no mere date or amount."""
    written = any(character.isupper() or character.isdigit() for character in item.text)
    return written and any(entity["type"] not in VALUE_TYPES for entity in item.entities)


class _Name:
    """A name in the question, and the words of it that a context must hold to speak of it."""

    def __init__(self, item: Link) -> None:
        self.terms = terms(item.text)
        if any(character.isdigit() for term in self.terms for character in term):
            self._telling = self.terms  # an identifier counts only as a whole
        else:
            # A person goes by the family name, anything else by its first word: "Nordwind", not "AB".
            person = any(entity["type"] == "Person" for entity in item.entities)
            self._telling = self.terms[-1:] if person else self.terms[:1]

    def named_in(self, context: Context) -> bool:
        return all(term in context.terms for term in self._telling)


class _Meanings:
    """Whether a context holds a term of the question, or another word for it."""

    def __init__(self, question: Question, ontology: Ontology) -> None:
        self._words = {stem(word.casefold()): word.casefold() for word in question.words}
        for word in question.words:
            for part in re.split(r"[-./_]", word.casefold()):
                self._words.setdefault(stem(part), part)
        self._synonyms = _synonyms(ontology)
        self._acronyms = {word.casefold() for word in question.words if word.isupper() and 1 < len(word) < 7}

    def held(self, term: str, context: Context) -> bool:
        if term in context.terms:
            return True
        synonyms = self._synonyms.get(term, {})
        if synonyms.keys() & context.predicates:
            return True
        # A word of several predicates ("report": to a manager, or an incident) is not to be told by other words.
        if len(synonyms) == 1 and next(iter(synonyms.values())) & context.terms:
            return True
        word = self._words.get(term, "")
        if word in self._acronyms and re.search(_initials(word), context.text):
            return True
        if not _LETTERS.fullmatch(word):
            return False
        others = tuple(sorted({w for w in _LETTERS.findall(context.text.casefold()) if w not in STOP_WORDS}))
        return bool(others) and float(np.max(vectors_of(others) @ vectors_of((word,))[0])) >= _SAME_MEANING


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


def _initials(acronym: str) -> str:
    """A pattern of capitalised words that an acronym stands for: "eea" for "European Economic Area"."""
    return r"\b" + r"[\w-]*\s+(?:(?:of|and|the|for)\s+)?".join(letter.upper() for letter in acronym) + r"[\w-]+"
