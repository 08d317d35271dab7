"""Limits and opposites: "at least" for "at most", "before" for "after", "first" for "last", "some" for "all"."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from qa.verification.evidence import Evidence
from qa.verification.quantities import Quantity, quantities_of

Limit = Literal["lower", "upper"]
_OPPOSITE: dict[Limit, Limit] = {"lower": "upper", "upper": "lower"}
# What stands before a value, the whole beginning of the sentence being looked at; the first that fits is meant.
_FILLING = r"\s+(?:[^\W\d]\w*\s+){0,2}$"
_BEFORE: tuple[tuple[Limit, re.Pattern[str]], ...] = tuple(
    (limit, re.compile(rf"(?:^|[^\w])(?:{words}){_FILLING}", re.IGNORECASE))
    for limit, words in (
        ("lower", r"(?:no|not)\s+(?:less|fewer|shorter|lower|under|below)(?:\s+\w+)?\s+than|at\s+least|no\s+fewer"),
        ("upper", r"(?:no|not)\s+(?:more|later|longer|greater|higher)(?:\s+\w+)?\s+than|not\s+exceed|at\s+most"),
        ("upper", r"up\s+to|within|limited\s+to|capped\s+at|at\s+the\s+latest|(?:less|fewer|shorter|lower|earlier)\s+than"),
        ("upper", r"below|under|maximum(?:\s+of)?"),
        ("lower", r"(?:more|longer|greater|higher|larger|later)\s+than|above|over|exceed(?:s|ing)?|minimum(?:\s+of)?"),
    )
)  # fmt: skip
_WORDS_AFTER = r"\s*(?:[^\W\d]\w*\s+){0,2}?"
_AFTER: tuple[tuple[Limit, re.Pattern[str]], ...] = (
    ("lower", re.compile(rf"{_WORDS_AFTER}(?:or\s+(?:more|longer|higher|above)|(?:as a )?minimum)\b", re.IGNORECASE)),
    ("upper", re.compile(rf"{_WORDS_AFTER}(?:or\s+(?:less|fewer|shorter)|at\s+(?:the\s+latest|most)|maximum)\b", re.I)),
)
# "No later than 60 days in advance" is at least 60 days.
_AHEAD = re.compile(r"\s*(?:in\s+advance|before(?:hand)?|prior|ahead)\b", re.IGNORECASE)
_BEHIND = re.compile(r"\s*(?:after|of|from|following|since)\b", re.IGNORECASE)
_PAIRS = tuple(
    (re.compile(rf"\b(?:{one})\b", re.IGNORECASE), re.compile(rf"\b(?:{other})\b", re.IGNORECASE))
    for one, other in (
        (r"first", r"last"),
        (r"minimum|lowest|least", r"maximum|highest|most"),
        (r"before|beforehand|prior|in advance|ahead|until", r"after|afterwards|thereafter|following|once|subsequently"),
        (r"rises?|rising|increases?d?|grows?|above", r"falls?|falling|decreases?d?|drops?|below"),
        (r"earlier|sooner", r"later"),
        (r"always", r"never|sometimes"),
        (r"all|every|each|any|anyone|everyone|everybody|entire", r"some|certain|selected|a few"),
        (r"internal", r"external"),
        (r"daytime|during the day|by day", r"at night|by night|nightly"),
        (r"more", r"fewer|less"),
    )
)


def limit_conflict(claim: str, evidence: Evidence) -> str:
    """Why a limit of the claim is the other one in its evidence; "" when none is."""
    said = [(value, _limit(value, unit), _order(value, unit)) for unit in evidence.units for value in quantities_of(unit)]
    for value in quantities_of(claim):
        limit, order = _limit(value, claim), _order(value, claim)
        same = [(other, behind) for found, other, behind in said if _is_same(value, found)]
        limits, orders = {other for other, _ in same}, {behind for _, behind in same}
        if limit and _OPPOSITE[limit] in limits and limit not in limits:
            return f"{value.text} is the {_OPPOSITE[limit]} limit in {evidence.marks}, not the {limit} one"
        if order and orders - {""} and order not in orders:
            return f"{evidence.marks} does not say {value.text} {order}"
    return ""


def opposite_conflict(claim: str, units: Sequence[str], marks: str) -> str:
    """Why a word of the claim is the opposite of one in the sentences that say most of it; "" when none is."""
    said = " ".join(units)
    for pair in _PAIRS:
        for mine, other in (pair, pair[::-1]):
            found, contrary = mine.search(claim), other.search(said)
            if found and contrary and not other.search(claim) and not mine.search(said):
                return f"“{found.group()}” where {marks} says “{contrary.group()}”"
    return ""


def _limit(value: Quantity, text: str) -> Limit | None:
    before, after = text[: value.start], text[value.end :]
    for limit, pattern in _BEFORE:
        if pattern.search(before):
            return "lower" if limit == "upper" and _AHEAD.match(after) and "later" in before[-20:] else limit
    return next((limit for limit, pattern in _AFTER if pattern.match(after)), None)


def _order(value: Quantity, text: str) -> str:
    """Whether a period runs before something or after it, "" when neither is said."""
    if value.kind != "duration":
        return ""
    return "before" if _AHEAD.match(text, value.end) else "after" if _BEHIND.match(text, value.end) else ""


def _is_same(value: Quantity, other: Quantity) -> bool:
    return bool(set(value.keys) & set(other.keys)) or (value.number is not None and value.number == other.number)
