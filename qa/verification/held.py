"""Whether evidence says a value that a sentence says, in the same or in other words."""

import re
from collections.abc import Iterable, Sequence

from qa.verification.quantities import Quantity

_DATE_PARTS = re.compile(r"(\d{4}|-)(?:-(\d\d))?(?:-(\d\d))?")
# Values of these kinds may say the same: "once a quarter" and "every three months".
_KINDS = {
    "identifier": "identifier", "date": "date", "time": "time", "amount": "amount", "percentage": "percentage",
    "duration": "length", "period": "length", "size": "size", "weekday": "weekday", "number": "number",
}  # fmt: skip
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
# "Within a day" for "within 24 hours"; figures are told apart (see `kg.values`).
_DAY_LONG, _DAY_OF_HOURS = "1 days", "86400 clock"
_UNIT = re.compile(r"^(?:an?|per|each|every)\s+(?:\w+\s+)?(?P<unit>[a-z]+)$", re.IGNORECASE)


def is_same(value: Quantity, other: Quantity) -> bool:
    """Whether two values are the same, or the same figure: "24" and "24 months"."""
    return bool(set(value.keys) & set(other.keys)) or (value.number is not None and value.number == other.number)


def is_held(value: Quantity, known: Iterable[Quantity], text: str) -> bool:
    """Whether texts with the values `known` say this value, too; `text` is what they say, in lower case.

    A value that the texts only name to refuse it ("instead of 24") supports none that is not refused as well.
    """
    if value.kind == "identifier":
        return bool(re.search(rf"(?<!\w){re.escape(value.keys[0])}(?!\w)", text))
    said = [other for other in known if value.refused or not other.refused]
    if value.kind == "date":
        dates = [key for other in said if other.kind == "date" for key in other.keys]
        return any(_same_day(mine, other, dates) for mine in value.keys for other in dates)
    if any(set(value.keys) & set(other.keys) and _KINDS[value.kind] == _KINDS[other.kind] for other in said):
        return True
    if value.kind == "period" and _names_unit(value, said, text):
        return True
    if value.number is None:
        return False
    if value.kind == "number" and _is_worded(value, text):
        return True
    bare = [other for other in said if other.number == value.number]
    if value.kind == "amount":
        code = value.keys[0].split()[0].casefold()
        return any(other.kind == "number" for other in bare) and bool(re.search(rf"\b{code}\b", text.replace("_", " ")))
    if value.kind == "percentage":
        return any(other.kind == "number" for other in bare)
    return bool(bare) and (value.alone or any(other.alone for other in bare))


def _names_unit(value: Quantity, known: Sequence[Quantity], text: str) -> bool:
    """Whether "each month" is said in other words, as "the 25th of the month" or "per customer and month"."""
    unit = _UNIT.match(value.text)
    if not unit:
        return False  # "daily"
    hours = value.keys[0] == _DAY_LONG and any(_DAY_OF_HOURS in other.keys for other in known)
    return hours or bool(re.search(rf"\b{unit['unit'].casefold()}\b", text))


def _is_worded(value: Quantity, text: str) -> bool:
    """Whether a small number is told by a word that is none: "both", or "second year" for "year two"."""
    if value.number == 2 and re.search(r"\bboth\b", text):
        return True
    place = int(value.number or 0)
    return 0 < place <= len(_ORDINALS) and bool(re.search(rf"\b{_ORDINALS[place - 1]} (?:year|month|week|day)\b", text))


def _same_day(mine: str, other: str, dates: Sequence[str]) -> bool:
    """Whether a date is another one as far as it goes; a year that only another date tells may be the one meant."""
    wanted, said = _parts(mine), _parts(other)
    years = {_parts(date)[0] for date in dates}
    year = not wanted[0] or wanted[0] == said[0] or (not said[0] and wanted[0] in years)
    return year and all(not part or part == found for part, found in zip(wanted[1:], said[1:], strict=True))


def _parts(date: str) -> tuple[str, str, str]:
    match = _DATE_PARTS.fullmatch(date)
    return (match[1].strip("-"), match[2] or "", match[3] or "") if match else ("", "", "")
