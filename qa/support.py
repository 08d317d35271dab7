"""Does the evidence answer the question, or only speak of the same things? Decides between answering and abstaining.

A logistic regression over what can be seen of the best sentence of the evidence and of the facts found. Its weights are
from scripts/fit_support.py: the sample questions, and the same with the passages that answer them taken away.
They were fitted before passages were ranked by a walk; a later fit did no better on the questions left out.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.dates import WRITTEN_DATE, YEARLESS_DATE, days_of
from kg.model import VALUE_TYPES
from kg.names import document_names
from kg.ontology import Ontology
from kg.store import Row
from kg.terms import terms
from qa.answer import Quote
from qa.answer_type import answers_by_type
from qa.link import Link
from qa.meanings import Meanings, Text
from qa.plan import Plan
from qa.question import Question
from qa.sentences import sentence_spans

#: The features, in the order of `Signs`, with their weights; what they add up to with the bias is a log-odds.
WEIGHTS = {
    "covered": 5.0,
    "typed": 0.6,
    "untyped": 1.25,
    "named": 3.41,
    "near": 5.42,
    "lacking": -3.78,
    "answered": 2.1,
}
BIAS = -11.58
# Probability from which to answer: a wrong abstention costs less than an answer that is none.
ENOUGH = 0.3
# What a sentence needs besides the question's words to be the best one.
_TYPED, _NAMED = 0.3, 0.3
# Long numbers and identifiers; "3 March" may be written in many ways, "2024" and "AC-15" may not.
_DIGITS = re.compile(r"\d{3}|\d.*[A-Za-z]|[A-Za-z].*\d")
_AUXILIARY = (
    r"(?:is|are|was|were|does|do|did|has|have|had|can|could|may|must|shall|should|will|would|happens?|counts?|applies)"
)
_ENDS = r"(?=\s+(?:of|for|in|on|at|to|that|who|which|with|under|behind|from|by|between|we|our|the)\b|[?,]|$)"
_FOCUS = (
    rf"\b(?:what|which)\s+(?!{_AUXILIARY}\b)(?P<focus>[\w\s-]+?)(?:(?=\s+{_AUXILIARY}\b)|{_ENDS})",
    rf"\b(?:what|who|how high|how large)\s+(?:is|are|was|were)\s+(?:the|a|an)\s+(?P<focus>[\w\s-]+?){_ENDS}",
    rf"(?:'s|’s)\s+(?P<focus>[\w\s-]+?){_ENDS}",
)
_MOST_LACKING = 2
_DATE = re.compile(rf"{WRITTEN_DATE}|{YEARLESS_DATE}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Context:
    """Evidence to be read together: the sentences of a passage, or the facts found; `entities` are (name, type)."""

    sentences: tuple[Text, ...]
    entities: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells of support, each from 0 to 1 but for `lacking`, which counts indispensable words that are not said.

    `covered`: how much of the question's words the best sentence says; `typed`: it has something of the kind asked for,
    `untyped`: any kind will do; `named`: the share of the question's names in it; `near`: the best cosine of a sentence
    with the question; `answered`: a fact is the very one that is asked for.
    """

    covered: float
    typed: float
    untyped: float
    named: float
    near: float
    lacking: float
    answered: float


@dataclass(frozen=True, slots=True)
class Support:
    """How probably the evidence answers, by which signs.

    `missing` are the question's words that the best sentence lacks, `lacking` indispensable ones of the best context.
    """

    probability: float
    signs: Signs
    missing: tuple[str, ...]
    lacking: tuple[str, ...]

    @property
    def enough(self) -> bool:
        """Whether to answer."""
        return self.probability >= ENOUGH


def judge_support(
    question: Question, plan: Plan, contexts: Sequence[Context], nearness: float, answered: bool, ontology: Ontology
) -> Support:
    """How probably the contexts answer the question."""
    signs, missing, lacking = _signs(question, plan, contexts, nearness, answered, ontology)
    odds = BIAS + sum(weight * getattr(signs, name) for name, weight in WEIGHTS.items())
    probability = 1 / (1 + math.exp(-odds)) if contexts else 0.0
    return Support(round(probability, 4), signs, missing, lacking)


def _signs(
    question: Question, plan: Plan, contexts: Sequence[Context], nearness: float, answered: bool, ontology: Ontology
) -> tuple[Signs, tuple[str, ...], tuple[str, ...]]:
    """The signs, the words that the best sentence lacks, and the indispensable words that nothing says."""
    names = [_Name(item) for item in plan.links if _is_proper(item)]
    wanted = [term for term in question.terms if not any(term in name.terms for name in names)]
    meanings = Meanings(question, ontology)
    best = (-1.0, 0.0, 0.0, False, False, tuple(wanted))
    for context in contexts:
        for sentence in context.sentences:
            strengths = [meanings.strength(term, sentence) for term in wanted]
            covered = sum(strengths) / len(wanted) if wanted else 1.0
            named = sum(name.named_in(sentence) for name in names) / len(names) if names else 1.0
            typed = answers_by_type(question, sentence.text, context.entities, ontology)
            score = round(covered + _TYPED * (typed is True) + _NAMED * named, 6)
            if score > best[0]:
                missing = tuple(term for term in wanted if not meanings.held(term, sentence))
                best = (score, covered, named, typed is True, typed is None, missing)
    needed = _indispensable(question, plan)
    # One passage, or the facts together, must say them all: what another one says is said of something else.
    lacking = min((_lacking(question, needed, context, meanings) for context in contexts), key=len, default=())
    _, covered, named, is_typed, is_untyped, missing = best
    count = float(min(len(lacking), _MOST_LACKING))
    signs = Signs(covered, float(is_typed), float(is_untyped), named, nearness, count, float(answered))
    return signs, missing, lacking


def contexts_of(
    quotes: Sequence[Quote],
    passages: Sequence[Row],
    facts: Iterable[tuple[Row, Sequence[Quote]]],
    entities: Mapping[str, tuple[tuple[str, str], ...]],
) -> list[Context]:
    """The contexts that an answer could rest on: each quote's passage, and the facts together.

    `entities` are the names with their types that passages mention, by passage id.
    """
    by_id = {passage["id"]: passage for passage in passages}
    found = []
    for quote in quotes:
        passage = by_id[quote.passage_id]
        frame = f"{document_names(quote.title, quote.uri)} {passage['heading']}"
        spans = sentence_spans(passage["text"])
        sentences = tuple(Text(f"{frame} {passage['text'][start:end]}") for start, end in spans)
        found.append(Context(sentences, entities.get(quote.passage_id, ())))
    joined = [(row, quote) for row, of_fact in facts for quote in of_fact]
    if joined:
        said = [f"{row['subject']} {row['object']} {document_names(q.title, q.uri)} {q.quote}" for row, q in joined]
        ends = {(row[end], row[f"{end}_type"]) for row, _ in joined for end in ("subject", "object")}
        text = Text(" ".join(said), frozenset(row["predicate"] for row, _ in joined))
        found.append(Context((text,), tuple(sorted(ends))))
    return found


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


def _lacking(question: Question, needed: Sequence[str], context: Context, meanings: Meanings) -> tuple[str, ...]:
    """The indispensable terms and days that a context does not say."""
    words = [term for term in needed if not any(meanings.held(term, text) for text in context.sentences)]
    days = _days_in(question.text)
    told = {day for text in context.sentences for day in _days_in(text.text)} if days else ()
    return (*words, *(day for day in days if day not in told))


@lru_cache(maxsize=5_000)
def _days_in(text: str) -> tuple[str, ...]:
    """The days that a text names, as --MM-DD (ISO 8601), since a passage often leaves out the year."""
    found = []
    for match in _DATE.finditer(text):
        days = days_of(match.group()) or days_of(f"{match.group()} 2000")
        if days and days[0] == days[1]:
            found.append(f"-{days[0][4:]}")
    return tuple(found)


def _is_proper(item: Link) -> bool:
    """Whether words name something in particular: by capitals or digits, and no mere date or amount."""
    written = any(character.isupper() or character.isdigit() for character in item.text)
    certain = item.how not in ("meaning", "rank")
    return written and certain and any(entity["type"] not in VALUE_TYPES for entity in item.entities)


class _Name:
    """A name in the question, and the words of it that a text must hold to speak of it; `terms` are the question's."""

    def __init__(self, item: Link) -> None:
        self.terms = terms(item.text)
        # A person goes by the family name, anything else by its first word: "Nordwind", not "AB".
        person = any(entity["type"] == "Person" for entity in item.entities)
        self._telling: list[list[str]] = []
        for called in (terms(name) for name in item.names):
            # An identifier counts only as a whole.
            whole = any(character.isdigit() for term in called for character in term)
            self._telling.append(called if whole else called[-1:] if person else called[:1])

    def named_in(self, text: Text) -> bool:
        return any(all(term in text.terms for term in telling) for telling in self._telling)
