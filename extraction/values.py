"""Dates, durations, amounts and percentages, found by regular expressions."""

import re
from collections.abc import Iterator

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?"
)
_NUMBER_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|fifteen|twenty|twenty-four|thirty"
    r"|forty-five|forty-eight|sixty|seventy-two|ninety)"
)
_UNIT = r"(?:(?:calendar|business|working)\s+)?(?:second|minute|hour|day|week|month|quarter|year)s?"
_CURRENCY = r"(?:EUR|USD|GBP|SEK|NOK|DKK|CHF|euros?|dollars?|pounds?|kronor|kroner)"
_FIGURE = r"\d[\d.,\u00a0 ]*\d|\d"

_PATTERNS = (
    (
        "Date",
        re.compile(
            r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?\b"
            rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}\s+\d{{4}}\b"
            rf"|\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,\s+\d{{4}}\b"
            rf"|\b{_MONTH}\s+\d{{4}}\b"
            rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}(?!\w)"
        ),
    ),
    (
        "Duration",
        re.compile(
            rf"\b(?:\d+|{_NUMBER_WORD}(?:\s+\(\d+\))?)(?:\s+|-){_UNIT}\b(?:\s+and\s+\d+\s+{_UNIT}\b)?", re.IGNORECASE
        ),
    ),
    (
        "Amount",
        re.compile(
            rf"(?:{_CURRENCY}|[€$£])\s?(?:{_FIGURE})(?:\s+(?:million|billion))?"
            rf"|\b(?:{_FIGURE})\s?(?:million\s+|billion\s+)?(?:{_CURRENCY}\b|[€$£])"
        ),
    ),
    ("Percentage", re.compile(r"\b\d+(?:[.,]\d+)?\s?(?:%|per\s?cent\b|percent\b)")),
)


def find_values(text: str) -> Iterator[tuple[int, int, str]]:
    """Spans of values in a text, as (start, end, type); they may not overlap, the earlier pattern wins."""
    taken: list[tuple[int, int]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if all(end <= a or start >= b for a, b in taken):
                taken.append((start, end))
                yield start, end, kind
