"""Pronouns that begin a sentence, where the sentence before leaves no choice of what they mean.

The subject of a sentence is what the next one most likely goes on about (Grosz, Joshi and Weinstein, 1995,
"Centering"); he and she mean the only person.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from extraction.found import FoundMention
from extraction.subjects import begins_with, sentence_subject
from kg.model import VALUE_TYPES
from kg.names import normalise_name

_PRONOUN = re.compile(
    r"(?:\W|\d)*(?:(?:If|When|Once|Where|Unless)\s+)?(?P<pronoun>he|she|it|they)\s+"
    r"(?!is\s+(?:likely|possible|clear|unclear|important|not\s+clear|as)\b|must\s+be\s+as\b)",
    re.IGNORECASE,
)
_MODAL = re.compile(r"(?:must|shall|may|cannot|can|has\s+to|have\s+to)\b")
_THINGS = frozenset(("Organization", "Department", "System", "Policy", "Contract", "Control", "Incident"))
_GROUPS = frozenset(("Organization", "Department"))
_PLURAL = re.compile(r"[a-z]s\b(?:\s+(?:of|for|in|to|from|by|with|that|who|which)\b.*)?$")
_SCORE = 0.6


def find_pronouns(
    text: str, start: int, sentences: Sequence[tuple[int, int]], mentions: Sequence[FoundMention]
) -> list[FoundMention]:
    """The pronouns of a paragraph, named after what they mean; `sentences` and `mentions` are the document's places."""
    found: list[FoundMention] = []
    before: tuple[str, int, list[FoundMention]] = ("", start, [])
    for begin, end in sentences:
        inside = [m for m in mentions if begin <= m.start and m.end <= end]
        sentence = text[begin - start : end - start]
        match = _PRONOUN.match(sentence)
        if match and not any(m.start < begin + match.end("pronoun") for m in inside):
            duty = _MODAL.match(sentence, match.end()) is not None
            antecedent = _antecedent(match["pronoun"].casefold(), *before, duty)
            if antecedent is not None:
                at = begin + match.start("pronoun")
                name, words = " ".join(antecedent.entity_name.split()), match["pronoun"]
                found.append(FoundMention(at, at + len(words), words, antecedent.type, _SCORE, name))
                inside = [found[-1], *inside]
        before = (sentence, begin, inside)
    return found


def _antecedent(
    pronoun: str, text: str, start: int, mentions: Sequence[FoundMention], duty: bool
) -> FoundMention | None:
    if pronoun in ("he", "she"):
        return _only(m for m in mentions if m.type == "Person")
    wanted = _THINGS if pronoun == "it" else _GROUPS
    subject = _only(m for m in mentions if m.type in wanted and m.type not in VALUE_TYPES)
    rivals = [m for m in mentions if m.type == "Term" and m is not subject]
    if subject is not None and not rivals and begins_with(text, start, [subject]):
        return subject
    # Whoever must do something is said with the modal verb, so here the words of the subject will do: "Passwords ...
    # They must be changed".
    said = sentence_subject(text, start, mentions) if duty and text else []
    if len(said) != 1 or said[0].type in ("Person", *VALUE_TYPES) or said[0].text.casefold() in ("you", "we"):
        return None
    plural = _PLURAL.search(said[0].entity_name) is not None
    return replace(said[0], score=_SCORE) if plural == (pronoun == "they") else None


def _only(mentions: Iterable[FoundMention]) -> FoundMention | None:
    named = {normalise_name(m.entity_name): m for m in mentions}
    return next(iter(named.values())) if len(named) == 1 else None
