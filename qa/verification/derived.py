"""Values that a sentence works out from those of its evidence: how long from one time to another, a difference, a sum,
the same length in other units."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations

from qa.verification.quantities import Quantity

# Words beside which a length is one from here to there, and a number is a difference or a sum.
_BETWEEN = re.compile(
    r"\b(?:later|earlier|after(?:wards)?|before(?:hand)?|took|takes?|taken|lasted|lasts?|apart|between|ago|since|passed"
    r"|for|until|within|long|following|next|previous|interrupted|down|unavailable|gap|delay(?:ed)?|span)\b",
    re.IGNORECASE,
)
_WORKED_OUT = re.compile(
    r"\b(?:more|fewer|less|higher|lower|longer|shorter|difference|total|altogether|combined|together|sum|in all|above"
    r"|below|short of|over|under|both)\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"'?s?\s+(?:longer|shorter|more|less|fewer|sooner|earlier|later|ahead|behind|over|under|than|too)\b", re.IGNORECASE
)
# "Three days (72 hours)", "a day and a half, that is 36 hours".
_GLOSS = re.compile(r"[\s,(–—-]*(?:(?:that is|i\.e\.|or|meaning|equal to|in other words)[\s,]*)?", re.IGNORECASE)
_SECONDS = {"clock": 1, "days": 86_400}
_MONTHS_A_YEAR = 12


def is_derived(value: Quantity, said: str, values: Sequence[Quantity], held: Sequence[Quantity]) -> bool:
    """Whether a value of a sentence follows from those `held` by its evidence; `values` are all of the sentence."""
    if value.kind in ("duration", "period"):
        return (
            _is_from_here_to_there(value, said, held)
            or _is_glossed(value, said, values, held)
            or _is_difference_of_lengths(value, said, held)
        )
    if value.number is None or value.kind not in ("number", "amount", "percentage", "size"):
        return False
    return bool(_WORKED_OUT.search(said)) and any(
        value.number in (abs(one - other), one + other)
        for one, other in combinations(dict.fromkeys(_figures(value, held)), 2)
    )


def _figures(value: Quantity, held: Sequence[Quantity]) -> list[Decimal]:
    kinds = (value.kind, "percentage") if value.kind == "number" else (value.kind,)  # "five points lower"
    return [other.number for other in held if other.kind in kinds and other.number is not None]


def _is_difference_of_lengths(value: Quantity, said: str, held: Sequence[Quantity]) -> bool:
    """Whether a length is how much longer another one is: "five days sooner", of "three days instead of eight"."""
    length, family = _length(value)
    if not _COMPARED.match(said, value.end) or not family:
        return False
    lengths = [item for other in held if other.kind in ("duration", "period") for item in [_length(other)]]
    same = [number for number, of in lengths if of == family]
    factor = length / value.number if value.number else Decimal(1)
    bare = [other.number * factor for other in held if other.alone and other.number is not None and same]
    return any(length == abs(one - other) for one, other in combinations(dict.fromkeys([*same, *bare]), 2))


def _is_from_here_to_there(value: Quantity, said: str, held: Sequence[Quantity]) -> bool:
    if not _BETWEEN.search(said):
        return False
    length, family = _length(value)
    if family == "clock":
        times = [_minutes(key) * 60 for other in held if other.kind == "time" for key in other.keys]
        return any(length == abs(one - other) for one, other in combinations(times, 2))
    dates = [day for other in held if other.kind == "date" for key in other.keys if (day := _day(key))]
    if family == "days":
        return any(length == abs((one - other).days) for one, other in combinations(dates, 2))
    years = [int(key) for other in held if other.kind == "date" for key in other.keys if key.isdecimal()]
    return family == "months" and (
        any(length == _months_between(one, other) for one, other in combinations(dates, 2))
        or any(length == _MONTHS_A_YEAR * abs(one - other) for one, other in combinations(years, 2))
    )


def _is_glossed(value: Quantity, said: str, values: Sequence[Quantity], held: Sequence[Quantity]) -> bool:
    """Whether the sentence says the same length beside it as the evidence does: "three days (72 hours)"."""
    known = {key for other in held for key in other.keys}
    for other in values:
        first, second = sorted((value, other), key=lambda item: item.start)
        beside = other is not value and _GLOSS.fullmatch(said[first.end : second.start])
        length = _in_seconds(value)
        if beside and known & set(other.keys) and length is not None and length == _in_seconds(other):
            return True
    return False


def _length(value: Quantity) -> tuple[Decimal, str]:
    number, _, family = value.keys[0].partition(" ")
    return (Decimal(number), family) if family else (Decimal(-1), "")


def _in_seconds(value: Quantity) -> Decimal | None:
    if value.kind not in ("duration", "period"):
        return None
    length, family = _length(value)
    return length * _SECONDS[family] if family in _SECONDS else None


def _minutes(key: str) -> int:
    hour, _, minute = key.partition(":")
    return int(hour) * 60 + int(minute)


def _day(key: str) -> date | None:
    """The day; one without its year is taken for one of a year without a 29th of February."""
    try:
        return date.fromisoformat(key.replace("--", "2001-", 1))
    except ValueError:
        return None  # a month or a year


def _months_between(one: date, other: date) -> int:
    if one.day != other.day:
        return -1
    return abs((one.year - other.year) * _MONTHS_A_YEAR + one.month - other.month)
