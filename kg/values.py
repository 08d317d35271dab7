"""Values in one spelling: dates and durations of ISO 8601, amounts by currency code, percentages.

    3 March 2026 -> 2026-03-03    March 2026 -> 2026-03    3 March -> --03-03 (XML Schema's gMonthDay)
    seventy-two (72) hours -> PT72H    2 years and 6 months -> P2Y6M    5 business days -> P5D business
    €2.5 million -> EUR 2500000.00    5-10 days -> P5D/P10D    2,5 per cent -> 2.5%

ISO 8601 knows no business days, so these are marked. Units are never converted: 72 hours are not always three days.
"""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

_MONTH_NAMES = "january february march april may june july august september october november december".split()
_MONTHS = {name[:3]: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
NUMBER_WORDS = {word: number for number, word in enumerate(_SMALL.split())} | {
    word: 10 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_CURRENCIES = {code.casefold(): code for code in ("EUR", "USD", "GBP", "SEK", "NOK", "DKK", "CHF")} | dict(
    zip("€ euro $ us$ dollar £ pound kronor".split(), "EUR EUR USD USD USD GBP GBP SEK".split(), strict=True)
)
_SCALES = {"thousand": 3, "million": 6, "billion": 9}
_UNITS = {
    "second": ("T", "S", 1),
    "minute": ("T", "M", 1),
    "hour": ("T", "H", 1),
    "day": ("", "D", 1),
    "week": ("", "W", 1),
    "month": ("", "M", 1),
    "quarter": ("", "M", 3),
    "year": ("", "Y", 1),
}
_LONGEST = 80
# What a value begins with; everything else is passed over at once.
_FIRST = re.compile(
    rf"[\d€$£-]|(?:{'|'.join([*_MONTHS, *NUMBER_WORDS, *(name for name in _CURRENCIES if name.isalpha())])})"
    r"(?=[\s\d.$€£-]|[a-z]{1,7}[\s.])|us\$",
    re.IGNORECASE,
)
_GROUPED = r"\d[\d., \u00a0\u202f]{0,30}"
_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_NUMBER = rf"(?:{_GROUPED}|(?:{_WORD})(?:[ -](?:{_WORD}))?)"
_DASH = r"\s?[-–]\s?"
_ISO = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[t ](?P<time>\d\d:\d\d(?::\d\d)?(?:\.\d{1,9})?)(?P<zone>z|[+-]\d\d:?\d\d)?)?"
    r"|--\d\d-\d\d",
    re.IGNORECASE,
)
_WRITTEN = (
    re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>[a-z]{3,9})\.?(?:,?\s+(?P<year>\d{4}))?"),
    re.compile(r"(?P<month>[a-z]{3,9})\.?(?:\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?)?,?\s+(?P<year>\d{4})"),
)
_DURATION_PART = re.compile(
    rf"(?P<low>{_NUMBER})(?:{_DASH}(?P<high>\d[\d.,]*))?\s*(?:\([\w-]{{1,15}}\))?[\s-]+"
    r"(?:(?P<kind>calendar|business|working)\s+)?(?P<unit>second|minute|hour|day|week|month|quarter|year)s?"
)
_AND = re.compile(r"\s+and\s+")
_CODE = r"us\$|[€$£]|[a-z]{3,7}"
_SCALE = r"(?:\s+(?P<scale>thousand|million|billion))?"
_MONEY = rf"(?P<low>{_NUMBER})(?:{_DASH}(?P<high>{_GROUPED}))?{_SCALE}"
_AMOUNTS = (re.compile(rf"(?P<code>{_CODE})\s?{_MONEY}"), re.compile(rf"{_MONEY}\s?(?P<code>{_CODE})"))
_PERCENTAGE = re.compile(rf"(?P<low>{_NUMBER})(?:{_DASH}(?P<high>\d[\d.,]*))?\s?(?:%|per\s?cent)")


@lru_cache(maxsize=50_000)
def normalise_value(text: str) -> str:
    """A date, duration, amount or percentage in its one spelling; "" when the text is no such value, or not one."""
    if len(text) > _LONGEST or not _FIRST.match(text):
        return ""
    written = " ".join(text.split()).casefold()
    return _date(written) or _duration(written) or _amount(written) or _percentage(written)


def parse_number(text: str, thousands: str = ",") -> Decimal | None:
    """A number in figures or words, None when it is none.

    Of two kinds of separators the last is the decimal one; a single one before exactly three digits separates
    thousands only if it is among `thousands`.
    """
    plain = re.sub(r"[ \u00a0\u202f]", "", text)
    if not plain[:1].isdigit():
        return _in_words(text)
    if not plain.isascii() or not re.fullmatch(r"\d+(?:[.,]\d+)*", plain):
        return None
    marks = [character for character in plain if not character.isdigit()]
    if not marks:
        return Decimal(plain)
    last, *tail = plain.rpartition(marks[-1])[0], plain.rpartition(marks[-1])[2]
    grouped = all(len(part) == 3 for part in re.split("[.,]", plain)[1:]) and 0 < len(re.split("[.,]", plain)[0]) < 4
    if len(set(marks)) == 1 and (len(marks) > 1 or (grouped and marks[0] in thousands and plain[0] != "0")):
        return Decimal(re.sub("[.,]", "", plain)) if grouped else None
    if marks.count(marks[-1]) > 1:
        return None
    return Decimal(f"{re.sub('[.,]', '', last)}.{tail[0]}")


def _in_words(text: str) -> Decimal | None:
    words = re.split(r"[ -]+", text.strip())
    numbers = [NUMBER_WORDS.get(word, -1) for word in words]
    if len(numbers) == 1 and numbers[0] >= 0:
        return Decimal(numbers[0])
    if len(numbers) == 2 and numbers[0] >= 20 and 0 < numbers[1] < 10:
        return Decimal(sum(numbers))
    return None


def _date(text: str) -> str:
    if match := _ISO.fullmatch(text):
        if not match["day"]:
            return _valid(2000, int(text[2:4]), int(text[5:7])) and text
        day = _valid(*map(int, match["day"].split("-")))
        if not day or not match["time"]:
            return day
        zone = (match["zone"] or "").upper()
        return f"{day}T{match['time']}{zone if ':' in zone or len(zone) < 2 else f'{zone[:3]}:{zone[3:]}'}"
    for pattern in _WRITTEN:
        match = pattern.fullmatch(text)
        month = _month(match["month"]) if match else 0
        if not match or not month:
            continue
        if not match["day"]:
            return f"{match['year']}-{month:02d}"
        if not match["year"]:
            return _valid(2000, month, int(match["day"])) and f"--{month:02d}-{int(match['day']):02d}"
        return _valid(int(match["year"]), month, int(match["day"]))
    return ""


def _month(name: str) -> int:
    month = _MONTHS.get(name[:3], 0)
    return month if month and (_MONTH_NAMES[month - 1] == name or len(name) == 3 or name == "sept") else 0


def _valid(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _duration(text: str) -> str:
    parts = [_DURATION_PART.fullmatch(part) for part in _AND.split(text)]
    days, times, business, high = "", "", "", ""
    for part in parts:
        number = parse_number(part["low"]) if part else None
        if part is None or number is None:
            return ""
        clock, letter, factor = _UNITS[part["unit"]]
        said = f"{_plain(number * factor)}{letter}"
        days, times = (days, times + said) if clock else (days + said, times)
        business = " business" if part["kind"] in ("business", "working") else business
        if part["high"]:
            upper = parse_number(part["high"])
            if upper is None or len(parts) > 1:
                return ""
            high = f"/P{clock}{_plain(upper * factor)}{letter}"
    return f"P{days}{'T' if times else ''}{times}{high}{business}"


def _amount(text: str) -> str:
    match = next((found for pattern in _AMOUNTS if (found := pattern.fullmatch(text))), None)
    if match is None:
        return ""
    code = _CURRENCIES.get(match["code"]) or _CURRENCIES.get(match["code"].removesuffix("s"))
    factor = Decimal(10) ** _SCALES.get(match["scale"] or "", 0)
    # No money has three decimals, so "98.000" is as many thousands as "98,000"; "1.125 million" is not.
    numbers = [parse_number(match[end], ",." if factor == 1 else ",") for end in ("low", "high") if match[end]]
    if code is None or None in numbers:
        return ""
    return f"{code} " + "/".join(_money(number * factor) for number in numbers if number is not None)


def _money(number: Decimal) -> str:
    plain = _plain(number)
    return f"{number:.2f}" if len(plain.partition(".")[2]) <= 2 else plain


def _percentage(text: str) -> str:
    match = _PERCENTAGE.fullmatch(text)
    numbers = [parse_number(match[name]) for name in ("low", "high") if match[name]] if match else []
    if not numbers or None in numbers:
        return ""
    return "/".join(f"{_plain(number)}%" for number in numbers if number is not None)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
