"""How large a value is beside others of its kind, so that the longest period or the latest date can be told."""

import re
from datetime import datetime
from decimal import Decimal

from kg.names import value_of
from kg.values import parse_number

# Days in the units of ISO 8601 durations, to rank them only: a mean month and year of the Gregorian calendar.
_DAYS = {"Y": Decimal("365.2425"), "M": Decimal("30.436875"), "W": Decimal(7), "D": Decimal(1)}
_PARTS_OF_DAY = {"H": Decimal(1) / 24, "M": Decimal(1) / 1440, "S": Decimal(1) / 86400}
_WEEK_TO_BUSINESS = Decimal(7) / 5
_DATE = re.compile(r"(\d{4}-\d\d)(-\d\d)?(?:T(\d\d:\d\d)[^/]*)?")
_PERIOD = re.compile(r"P((?:[\d.]+[YMWD])*)(?:T((?:[\d.]+[HMS])+))?")
_PART = re.compile(r"([\d.]+)([A-Z])")
_NUMBER = re.compile(r"\d[\d.,]*")

#: What is measured, and how much: only magnitudes of one measure can be held against each other.
Magnitude = tuple[str, Decimal]


def magnitude(name: str) -> Magnitude | None:
    """The measure and size of a date, duration, amount, percentage or plain number, by the low end of a range.

    None for what is none: nobody can say whether "High" is more than "Restricted".
    """
    value = value_of(name)
    if not value:
        number = parse_number(name.strip()) if _NUMBER.fullmatch(name.strip()) else None
        return ("number", number) if number is not None else None
    low = value.partition("/")[0].removesuffix(" business")
    if match := _DATE.fullmatch(low):
        day = datetime.fromisoformat(f"{match[1]}{match[2] or '-01'}T{match[3] or '00:00'}")
        return "date", Decimal(day.toordinal()) + Decimal(60 * day.hour + day.minute) / 1440
    if match := _PERIOD.fullmatch(low):
        days = sum((Decimal(n) * _DAYS[unit] for n, unit in _PART.findall(match[1])), Decimal(0))
        days += sum((Decimal(n) * _PARTS_OF_DAY[unit] for n, unit in _PART.findall(match[2] or "")), Decimal(0))
        return "duration", days * (_WEEK_TO_BUSINESS if value.endswith(" business") else 1)
    if low.endswith("%"):
        return "percentage", Decimal(low[:-1])
    currency, _, amount = low.partition(" ")
    return (currency, Decimal(amount)) if amount else None
