"""Dates, durations, amounts and percentages, found by regular expressions."""

import re
from bisect import bisect_left, insort
from collections.abc import Iterator

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_ONES = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_NUMBER_WORD = (
    rf"(?:ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    rf"|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-{_ONES})?|{_ONES})"
)
_UNIT = r"(?:(?:calendar|business|working)\s+)?(?:second|minute|hour|day|week|month|quarter|year)s?"
_CURRENCY = r"(?:EUR|USD|GBP|SEK|NOK|DKK|CHF|euros?|dollars?|pounds?|kronor|kroner)"
# No value begins or ends within a word or a number: "2,500 hours" holds no "500 hours".
_BEGIN, _END = r"(?<!\w)(?<!\d[.,])", r"(?!\w|[.,]\d)"
_BEGIN_FIGURE = r"(?<![\w€$£])(?<!\d[.,])(?<!\w-)"
_FIGURE = r"(?:\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,5}(?:[.,]\d{1,4})?(?!\d)|\d{1,20}(?:[.,]\d{1,20}){0,6})"
_FIGURES = rf"(?:{_FIGURE}\s?[-–]\s?)?{_FIGURE}"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"

_PATTERNS = (
    (
        "Date",
        re.compile(
            rf"{_BEGIN_FIGURE}\d{{4}}-\d{{2}}-\d{{2}}"
            rf"(?:[T ]\d{{2}}:\d{{2}}(?::\d{{2}})?(?:\.\d{{1,9}})?(?:Z|[+-]\d{{2}}:?\d{{2}})?)?{_END}(?!-\d)"
            rf"|{_BEGIN}(?:{_DAY}\s+(?:of\s+)?{_MONTH},?\s+\d{{4}}|{_MONTH}\s+{_DAY},?\s+\d{{4}}"
            rf"|{_MONTH}\s+\d{{4}}|{_DAY}\s+{_MONTH}){_END}"
        ),
    ),
    (
        "Duration",
        re.compile(
            rf"{_BEGIN_FIGURE}(?:{_FIGURES}|{_NUMBER_WORD}(?:\s+\(\d{{1,4}}\))?|\d{{1,4}}\s+\({_NUMBER_WORD}\))(?:\s+|-){_UNIT}{_END}"
            rf"(?:\s+and\s+{_FIGURE}\s+{_UNIT}{_END})?",
            re.IGNORECASE,
        ),
    ),
    (
        "Amount",
        re.compile(
            rf"(?<!\w)(?:{_CURRENCY}|(?:US)?\$|[€£])\s?{_FIGURES}(?:\s+(?:thousand|million|billion))?{_END}"
            rf"|{_BEGIN_FIGURE}{_FIGURES}\s?(?:(?:thousand|million|billion)\s+)?(?:{_CURRENCY}{_END}|[€$£](?!\w))"
            rf"|{_BEGIN}(?:{_NUMBER_WORD}|{_NUMBER_WORD}\s+(?:thousand|million|billion))\s+{_CURRENCY}{_END}"
        ),
    ),
    (
        "Percentage",
        re.compile(rf"{_BEGIN_FIGURE}{_FIGURES}\s?(?:%|per\s?cent{_END})|{_BEGIN}{_NUMBER_WORD}\s+per\s?cent{_END}"),
    ),
)


def find_values(text: str) -> Iterator[tuple[int, int, str]]:
    """Spans of values in a text, as (start, end, type); they may not overlap, the earlier pattern wins."""
    taken: list[tuple[int, int]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            at = bisect_left(taken, (start, end))
            if (at == 0 or taken[at - 1][1] <= start) and (at == len(taken) or taken[at][0] >= end):
                insort(taken, (start, end))
                yield start, end, kind
