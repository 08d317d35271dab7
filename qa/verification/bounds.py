"""Limits and opposites: "at least" for "at most", "before" for "after", "first" for "last", "some" for "all"."""

import re
from collections.abc import Sequence
from typing import Literal

from qa.verification.evidence import Evidence
from qa.verification.held import is_same
from qa.verification.quantities import Quantity, quantities_of

Limit = Literal["lower", "upper"]
_OPPOSITE: dict[Limit, Limit] = {"lower": "upper", "upper": "lower"}
# What stands before a value and says that it is a limit; the first that fits is meant.
_LIMITS: tuple[tuple[Limit, str], ...] = (
    ("lower", r"at\s+least|(?:no|not)\s+(?:less|fewer|shorter|lower|earlier|sooner)(?:\s+\w+)?\s+than|not\s+under"),
    ("upper", r"at\s+most|(?:no|not)\s+(?:more|later|longer|greater|higher)(?:\s+\w+)?\s+than|not\s+exceed"),
    ("upper", r"up\s+to|within|limited\s+to|capped\s+at|at\s+the\s+latest|below|under|maximum(?:\s+of)?"),
    ("upper", r"(?:less|fewer|shorter|lower|earlier)\s+than"),
    ("lower", r"(?:more|longer|greater|higher|larger|later)\s+than|above|over|exceed(?:s|ing)?|minimum(?:\s+of)?"),
)
# "At least every four hours": two words may stand between.
_BEFORE = tuple(
    (limit, re.compile(rf"(?:^|\W)(?:{words})\s+(?:[^\W\d]\w*\s+){{0,2}}$", re.IGNORECASE)) for limit, words in _LIMITS
)
_LIMITS_AFTER: tuple[tuple[Limit, str], ...] = (
    ("lower", r"or\s+(?:more|longer|higher|above)|(?:as a )?minimum|at\s+the\s+earliest"),
    ("upper", r"or\s+(?:less|fewer|shorter)|at\s+(?:the\s+latest|most)|maximum"),
)
_AFTER = tuple(
    (limit, re.compile(rf"\s*(?:[^\W\d]\w*\s+){{0,2}}?(?:{words})\b", re.IGNORECASE)) for limit, words in _LIMITS_AFTER
)
# "No later than 60 days in advance" is at least 60 days.
_AHEAD = re.compile(r"\s*(?:in\s+advance|before(?:hand)?|prior|ahead)\b", re.IGNORECASE)
_BEHIND = re.compile(r"\s*(?:after|from|following)\b", re.IGNORECASE)
_OF = re.compile(r"\s*of\b", re.IGNORECASE)
_NO_TIME = r"(?!\s+(?:\w+\s+)?(?:second|minute|hour|day|week|month|quarter|year)s?\b)"
_UP = r"ris(?:es?|en|ing)|rose|increas(?:es?|ed|ing)|grow(?:s|n|ing|th)?|grew"
_DOWN = r"fall(?:s|en|ing)?|fell|decreas(?:es?|ed|ing)|declin(?:es?|ed|ing)|dropp?(?:s|ed|ing)?|shr[aiu]nks?"
# Words and their opposites; each with others that say the same, but contradict nothing by themselves.
_PAIRS = tuple(
    tuple(re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for words in (one, f"{one}|{also}", other, f"{other}|{like}"))
    for one, also, other, like in (
        ("first", "initial", "last", "final"),
        ("minimum|lowest|least", "lower", "maximum|highest|most", "upper"),
        (
            "before|beforehand|prior|in advance",
            "ahead|until|previously|earlier",
            "after|afterwards|thereafter",
            "following|once|subsequently|later",
        ),
        (_UP, "above|up", _DOWN, "below|down"),
        ("above", f"{_UP}|over|more|higher|exceeds?", "below", f"{_DOWN}|under|less|lower"),
        ("earlier|sooner", "before", "later", "after|afterwards"),
        ("always", "every", "never|sometimes", "not"),
        (
            rf"all|every{_NO_TIME}|each{_NO_TIME}|any|anyone|everyone|everybody",
            "entire|whole|both",
            "some|certain|selected|a few",
            "part|several",
        ),
        ("high", "higher|highest", "low", "lower|lowest"),
        ("internal", "inside", "external", "outside"),
        ("daytime|during the day|by day", "day", "at night|by night|nightly", "night"),
        ("more", "over", "fewer|less", "under"),
    )
)

# "Whether or not", "in every case": what holds without exception has to be said so.
_WITHOUT_EXCEPTION = re.compile(
    r"\b(?:always|in (?:every|any|all) cases?|without (?:any )?exception|no exceptions?|whether or not|regardless"
    r"|irrespective|whatever the|no matter|(?:is|are) (?:certain|bound|sure) to|nothing (?:further|else|more) is"
    r"|under (?:all|any) circumstances)\b",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(?:all|every|any|each|never|no|none|even|guarantee[sd]?)\b", re.IGNORECASE)
# What is still to come, and what tells that it came.
_PENDING = re.compile(
    r"\b(?:is|are|was|were) (?:expected|planned|scheduled|intended|to be)\b|\b(?:not yet|not finished|unfinished)\b"
    r"|\b(?:has|have) been asked to\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\b(?:has|have|had) (?:since |now |already |then |been )*(?!asked\b)\w+ed\b"
    r"|\b(?:was|were) (?:then |since |already )*(?:completed|finished|done|carried out)\b",
    re.IGNORECASE,
)


def certainty_conflict(claim: str, units: Sequence[str], evidence: Evidence) -> str:
    """Why a claim is surer than its evidence: without exception, or done where it is to come; "" when it is not."""
    absolute = _WITHOUT_EXCEPTION.search(claim)
    if absolute and not _WITHOUT_EXCEPTION.search(evidence.text) and not any(_ALL.search(unit) for unit in units):
        return f"{evidence.marks} does not say “{absolute.group()}”"
    pending = next((match for unit in units if (match := _PENDING.search(unit))), None)
    done = _DONE.search(claim) and not _PENDING.search(claim) and not any(_DONE.search(unit) for unit in units)
    return f"{evidence.marks} says that it is to come: “{pending.group()}”" if pending and done else ""


def limit_conflict(claim: str, evidence: Evidence) -> str:
    """Why a limit of the claim is the other one in its evidence, or a period runs the other way; "" when none does."""
    said = [(value, unit) for unit in evidence.units for value in quantities_of(unit)]
    for value in quantities_of(claim):
        same = [(other, unit) for other, unit in said if is_same(value, other)]
        limit, limits = _limit(value, claim), {_limit(other, unit) for other, unit in same}
        if limit and _OPPOSITE[limit] in limits and limit not in limits:
            return f"{value.text} is the {_OPPOSITE[limit]} limit in {evidence.marks}, not the {limit} one"
        order, orders = _order(value, claim), {_order(other, unit) for other, unit in same} - {""}
        # "Within ten days of closure" is after it.
        if orders and ((order == "before" and order not in orders) or (order == "after" and orders == {"before"})):
            return f"{evidence.marks} does not say {value.text} {order}"
    return ""


def opposite_conflict(claim: str, units: Sequence[str], marks: str) -> str:
    """Why a word of the claim is the opposite of one in the sentences that say most of it; "" when none is."""
    said = " ".join(units)
    for pair in _PAIRS:
        for mine, family, theirs, their_family in (pair, (*pair[2:], *pair[:2])):
            found, contrary = mine.search(claim), theirs.search(said)
            if found and contrary and not their_family.search(claim) and not family.search(said):
                return f"“{found.group()}” where {marks} says “{contrary.group()}”"
    return ""


def _limit(value: Quantity, text: str) -> Limit | None:
    before, after = text[: value.start], text[value.end :]
    for limit, pattern in _BEFORE:
        if pattern.search(before):
            return "lower" if limit == "upper" and _AHEAD.match(after) and "later" in before[-20:] else limit
    found = next((limit for limit, pattern in _AFTER if pattern.match(after)), None)
    return "lower" if found and _AHEAD.match(after) else found


def _order(value: Quantity, text: str) -> str:
    """Whether a period runs "before" something, "after" or "of" it; "" when nothing is said."""
    if value.kind != "duration":
        return ""
    orders = (("before", _AHEAD), ("after", _BEHIND), ("of", _OF))
    return next((order for order, pattern in orders if pattern.match(text, value.end)), "")
