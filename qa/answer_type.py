"""Whether a sentence holds something of the kind that a question asks for: a date for "when", somebody for "who"."""

import re
from collections.abc import Iterable

from kg.ontology import Ontology
from kg.values import NUMBER_WORDS
from qa.question import Question

_NUMBER = rf"(?:\d[\d.,]*|{'|'.join(NUMBER_WORDS)})"
_OFTEN = r"every|daily|weekly|monthly|quarterly|yearly|annual(?:ly)?|once|twice"
_PATTERNS = {
    "Date": re.compile(
        r"\d{4}-\d\d|\b(?:19|20)\d\d\b|\d\d:\d\d|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
        r"|\b\d{1,2} (?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
    ),
    "Duration": re.compile(
        rf"\b{_NUMBER}[\s)-]+(?:\w+ )?(?:second|minute|hour|day|week|month|quarter|year)s?\b|\b(?:{_OFTEN})\b"
        r"|\bimmediately\b|\bwithout undue delay\b"
    ),
    "Amount": re.compile(r"[€$£]\s?\d|\b[a-z]{3}\s\d|\d\s?(?:€|[a-z]{3}\b)|\bfree of charge\b"),
    "Percentage": re.compile(r"\d\s?%|\bper cent\b"),
}
_COUNTED = re.compile(rf"\b{_NUMBER}\b")


def answers_by_type(
    question: Question, sentence: str, entities: Iterable[tuple[str, str]], ontology: Ontology
) -> bool | None:
    """None when any kind of answer will do. `entities` are the names, with types, that the sentence's passage mentions.

    What the question itself names is no answer.
    """
    lowered, asked = sentence.casefold(), question.text.casefold()
    if question.kind == "count":
        return _COUNTED.search(lowered) is not None
    if not question.expected_types:
        return None
    if any(kind in _PATTERNS and _PATTERNS[kind].search(lowered) for kind in question.expected_types):
        return True
    return any(
        any(ontology.is_a(kind, wanted) for wanted in question.expected_types)
        and name.casefold() in lowered
        and name.casefold() not in asked
        for name, kind in entities
    )
