"""Written dates as the days that they cover: "March 2025" is 2025-03-01 to 2025-03-31, "2023" a whole year."""

import re
from calendar import monthrange

from kg.values import normalise_value

MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?<![\w.,-])(?:19|20)\d\d(?![\w:/]|[.,-]\d)"
_EDGE = r"(?:the\s+)?(?:end|start|beginning)\s+of\s+"
#: A date with its year, as a regular expression without groups, to be used without regard to case.
WRITTEN_DATE = (
    rf"(?:{_EDGE})?(?:\d{{4}}-\d\d-\d\d(?![\w-]|\s\d\d:\d\d)|(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?![\w-])"
    rf"|{_DAY}\s+(?:of\s+)?{MONTH},?\s+\d{{4}}\b|{MONTH}\s+{_DAY},?\s+\d{{4}}\b|{MONTH}\s+\d{{4}}\b|{_YEAR})"
)
#: As `WRITTEN_DATE`, but a day or month whose year is told by the date that follows ("from 1 March to 30 June 2025").
YEARLESS_DATE = rf"(?:{_DAY}\s+(?:of\s+)?{MONTH}|{MONTH})"
_SHORT = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?")
_PARTS = re.compile(r"(?:(?:the\s+)?(?P<edge>end|start|beginning)\s+of\s+)?(?P<date>.+)", re.IGNORECASE | re.DOTALL)


def days_of(text: str) -> tuple[str, str] | None:
    """The first and the last day (ISO) of a date as in `WRITTEN_DATE`; None for what is no date."""
    parts = _PARTS.fullmatch(text.strip())
    if parts is None:
        return None
    date = parts["date"] if _SHORT.fullmatch(parts["date"]) else normalise_value(parts["date"])
    if re.fullmatch(r"\d{4}", date):
        first, last = f"{date}-01-01", f"{date}-12-31"
    elif re.fullmatch(r"\d{4}-\d\d", date):
        first, last = f"{date}-01", f"{date}-{monthrange(int(date[:4]), int(date[5:]))[1]:02d}"
    elif re.match(r"\d{4}-\d\d-\d\d", date):
        first = last = date[:10]
    else:
        return None
    edge = (parts["edge"] or "").casefold()
    return (last, last) if edge == "end" else (first, first) if edge else (first, last)


def first_day_before(yearless: str, last_day: str) -> str | None:
    """The first day of a date without its year (`YEARLESS_DATE`): the latest one that is not after `last_day`."""
    for year in (int(last_day[:4]), int(last_day[:4]) - 1):
        days = days_of(f"{yearless} {year}")
        if days and days[0] <= last_day:
            return days[0]
    return None
