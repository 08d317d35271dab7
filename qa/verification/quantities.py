"""Numbers, amounts, percentages, durations, dates, times and identifiers of a text, so that two texts can be compared.

Durations are compared in one unit where that is exact: 60 minutes are an hour, seven days a week, twelve months a
year. 72 hours are not three days (see `kg.values`), and ten working days are not ten days.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from kg.dates import MONTH
from kg.values import NUMBER_WORDS, normalise_value, parse_number

_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_NUMBER = rf"(?:\d{{1,3}}(?:[ \u00a0\u202f]\d{{3}})+(?!\d)|\d+(?:[.,]\d+)*|\b(?:{_WORD})(?:[ -](?:{_WORD}))?\b)"
_BEGIN = r"(?<!\w)(?<!\d[.,])(?<![A-Za-z]-)"
_UNITS = r"(?P<unit>second|minute|hour|day|week|month|quarter|year)"
_TIMES = rf"(?P<times>once|twice|{_NUMBER}\s+times)"
_NOT_ORDER = r"(?!\s+(?:later|earlier|before|after|ago|long)\b)"
_CURRENCY = r"(?:\b(?:EUR|USD|GBP|SEK|NOK|DKK|CHF|euros?|dollars?|pounds?|kronor)\b|US\$|[€$£])"
_SCALE = r"(?:\s?(?:thousand|million|billion)\b)?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_SHORT_SIZES = {
    "kb": "kilobyte", "mb": "megabyte", "gb": "gigabyte", "tb": "terabyte", "pb": "petabyte",
    "m²": "square metre", "m³": "cubic metre", "km": "kilometre",
}  # fmt: skip
_SIZES = (
    rf"(?:kilo|mega|giga|tera|peta)?(?:byte|bit)|{'|'.join(_SHORT_SIZES)}"
    r"|(?:(?:square|cubic) )?(?:kilo|centi|milli)?met(?:re|er)"
)
_MONTHS = "january february march april may june july august september october november december".split()
# The frequencies that words tell, as numbers of a unit.
_ADVERBS = {
    "hourly": (1, "hour"), "daily": (1, "day"), "weekly": (1, "week"), "monthly": (1, "month"),
    "quarterly": (3, "month"), "half-yearly": (6, "month"), "yearly": (1, "year"), "annually": (1, "year"),
    "annual": (1, "year"), "per annum": (1, "year"),
}  # fmt: skip
_FRACTIONS = {"half a": (6, "month"), "half an": (30, "minute"), "quarter of an": (15, "minute")}
_FAMILIES = {
    "second": ("clock", 1), "minute": ("clock", 60), "hour": ("clock", 3600), "day": ("days", 1), "week": ("days", 7),
    "month": ("months", 1), "quarter": ("months", 3), "year": ("months", 12),
}  # fmt: skip
_SHARES = {"third": Decimal(3), "quarter": Decimal(4), "fifth": Decimal(5), "tenth": Decimal(10)}
# "18 months instead of 24": such a number leaves its unit to the words around it.
_ALONE = re.compile(
    r"\s*(?:$|[.,;:)\]”\"]|(?:and|or|but|to|instead|in|of|at|for|rather|is|are|if|when|where|unless|by|on|from|before"
    r"|after|until|than|with|as)\b)"
)
_REFUSED = re.compile(
    r"(?:\bnot|\binstead of|\bin place of|\brather than|\b(?:first|originally|initially|previously|formerly)(?: \w+)?"
    r"|\b(?:reduced?|lower(?:ed)?|shorten(?:ed)?|cut|raised?|increased?|extend(?:ed)?|chang(?:ed?)|grow[ns]?|grew"
    r"|rise[ns]?|rose|falls?|fell|fallen|drop(?:s|ped)?|postponed?|moved?|up|down) from)\s+(?:for\s+|the\s+)?$",
    re.IGNORECASE,
)
_NAMED_YEAR = re.compile(r"(?:19|20)\d\d")
_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value of a text: its kind, its spellings (several where a date can be read in two ways), its words and place.

    `number` is its bare figure; `alone`: it is a number without a noun or unit; `refused`: the text says that it is
    not this one, or no longer.
    """

    kind: str
    keys: tuple[str, ...]
    text: str
    start: int
    end: int
    number: Decimal | None = None
    alone: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class _Form:
    """How values of a kind are written, and how one that is found becomes its spellings and its figure."""

    kind: str
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], tuple[Sequence[str], Decimal | None]]


def _identifier(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    return (match.group().casefold(),), None


def _written_date(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    words = re.sub(r"(?<=[A-Za-z])\.", "", " ".join(match.group().split()))
    if re.search(r"\bmay\b", words):
        return (), None  # the verb: "unit 12 may stay open"
    # Without its year a day that follows its month is read as if it had one: "March 4" is --03-04.
    value = normalise_value(words) or normalise_value(f"{words} 2000").replace("2000-", "--", 1)
    return (value[:10],) if value else (), None


def _slashed_date(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    first, second, year = (int(part) for part in re.split(r"[/.]", match.group()))
    orders = {f"{year}-{month:02d}-{day:02d}" for day, month in ((first, second), (second, first)) if month <= 12}
    return sorted(orders), None


def _month(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    return (f"--{_MONTHS.index(match.group().casefold()) + 1:02d}",), None


def _time(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].casefold() == "p" else 0)
    return (f"{hour:02d}:{match['minute'] or '00'}",), None


def _amount(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    value = normalise_value(" ".join(match.group().split()))
    return (value,) if value else (), Decimal(value.split()[1]) if value and "/" not in value else None


def _percentage(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    number = parse_number(match["number"].casefold())
    return (f"{number:f}%",) if number is not None else (), number


def _duration(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    number = parse_number(match["number"].casefold())
    if number is None:
        return (), None
    working = " working" if (match["kind"] or "").casefold() in ("business", "working") else ""
    return (_length(number, match["unit"]) + working,), number


def _short_duration(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    number, unit = parse_number(match["number"].casefold()), {"h": "hour", "m": "minute", "s": "second"}
    return ((_length(number, unit[match["unit"][0].casefold()]),), number) if number is not None else ((), None)


def _size(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    number = parse_number(match["number"].casefold())
    unit = " ".join(match["unit"].casefold().split())
    unit = _SHORT_SIZES.get(unit, unit.replace("meter", "metre"))
    return ((f"{number.normalize():f} {unit}",), number) if number is not None else ((), None)


def _period(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    working = " working" if (match["kind"] or "").strip().casefold() in ("business", "working") else ""
    return (_length(Decimal(1), match["unit"]) + working,), None


def _frequency(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    times = {"once": Decimal(1), "twice": Decimal(2)}.get(match["times"].casefold())
    times = times or parse_number(match["times"].casefold().removesuffix("times").strip())
    return ((_length(Decimal(1), match["unit"], times),), times) if times else ((), None)


def _share(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    share = 100 * (parse_number(match["parts"].casefold()) or 1) / _SHARES[match["of"].casefold().removesuffix("s")]
    return (f"{share.normalize():f}%",), share


def _always(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    return ("always",), None


def _fraction(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    number, unit = _FRACTIONS[" ".join(match["part"].casefold().split())]
    return (_length(Decimal(number), unit),), None


def _adverb(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    number, unit = _ADVERBS[match.group().casefold()]
    return (_length(Decimal(number), unit),), None


def _weekday(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    return (match["day"].casefold(),), None


def _number(match: re.Match[str]) -> tuple[Sequence[str], Decimal | None]:
    # "One" is more often a pronoun than a number.
    number = None if match.group().casefold() == "one" else parse_number(match.group().casefold())
    return (f"{number.normalize():f}",) if number is not None else (), number


def _length(number: Decimal, unit: str, parts: Decimal = Decimal(1)) -> str:
    family, factor = _FAMILIES[unit.casefold()]
    return f"{(number * factor / parts).normalize():f} {family}"


def _form(kind: str, pattern: str, read: Callable[[re.Match[str]], tuple[Sequence[str], Decimal | None]]) -> _Form:
    return _Form(kind, re.compile(pattern, re.IGNORECASE), read)


# Of two forms that fit the same words, the earlier one is meant.
_FORMS = (
    _form("identifier", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b\d{1,3}(?:\.\d{1,3}){3}\b", _identifier),
    _form("date", r"(?<![\w-])\d{4}-\d\d-\d\d(?![\d-])", _written_date),
    _form("date", rf"{_BEGIN}{_DAY}\s+(?:of\s+)?{MONTH}(?:,?\s+\d{{4}}\b)?", _written_date),
    _form("date", rf"\b{MONTH}\s+{_DAY}\b(?:,?\s+\d{{4}}\b)?", _written_date),
    _form("date", rf"\b{MONTH},?\s+\d{{4}}\b", _written_date),
    _form("date", r"(?<![\w/.])\d{1,2}[/.]\d{1,2}[/.]\d{4}\b", _slashed_date),
    _form("time", r"(?<![\d:])(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::\d\d)?(?!\d)(?:\s?(?P<half>[ap])\.?m\b)?", _time),
    _form("time", rf"{_BEGIN}(?P<hour>\d{{1,2}})(?P<minute>)\s?(?P<half>[ap])\.?m\b", _time),
    _form("identifier", r"\b(?=[\w-]*\d)[A-Za-z][A-Za-z0-9]*(?:[-_/][A-Za-z0-9]+)*\b", _identifier),
    _form("amount", rf"{_CURRENCY}\s?{_NUMBER}{_SCALE}|{_BEGIN}{_NUMBER}{_SCALE}\s?{_CURRENCY}", _amount),
    _form("percentage", rf"{_BEGIN}(?P<number>{_NUMBER})\s?(?:%|per\s?cent\b)", _percentage),
    _form(
        "percentage",
        r"(?<!once )(?<!twice )(?<!times )\b(?P<parts>an?|one|two|three|four|nine)\s+"
        r"(?P<of>(?:third|quarter|fifth|tenth)"
        r"(?=\s+of\s+(?!an?\s+hour|(?:19|20)\d\d)|(?<!quarter)\s*(?:$|[.,;)]))|(?:thirds|quarters|fifths|tenths)\b)",
        _share,
    ),
    _form("period", r"\b(?:24 hours a day|24/7|around the clock)", _always),
    _form(
        "duration",
        rf"{_BEGIN}(?P<number>{_NUMBER})(?:\s*\([\w-]{{1,15}}\))?[\s-]+"
        r"(?:(?:further|additional|extra|more|full|other|consecutive|successive)\s+)?"
        rf"(?:(?P<kind>calendar|business|working)\s+)?{_UNITS}s?\b",
        _duration,
    ),
    _form("duration", rf"{_BEGIN}(?P<number>{_NUMBER})\s?(?P<unit>hrs?|h|mins?|secs?)\b", _short_duration),
    _form("size", rf"{_BEGIN}(?P<number>{_NUMBER})[\s-]?(?P<unit>{_SIZES})s?\b", _size),
    _form("duration", rf"\b(?P<part>{'|'.join(_FRACTIONS)})\s+(?:hour|year)\b", _fraction),
    _form("period", rf"\b{_TIMES}\s+(?:an?|per|each|every)\s+(?:\w+\s)?{_UNITS}\b", _frequency),
    _form("period", rf"\b(?:per|each|every)\s+(?:(?P<kind>\w+)\s)?{_UNITS}\b", _period),
    # "A day later" tells an order, "an hour" a length.
    _form("period", rf"\ban?\s+(?!second\b)(?:(?P<kind>\w+)\s)?{_UNITS}\b{_NOT_ORDER}", _period),
    _form("period", rf"\b(?:{'|'.join(_ADVERBS)})\b", _adverb),
    _form("weekday", r"\b(?P<day>monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?\b", _weekday),
    _form("date", rf"\b(?:{'|'.join(name for name in _MONTHS if name != 'may')})\b", _month),
    _form("number", rf"{_BEGIN}{_NUMBER}(?!\w|[.,]\d)", _number),
)  # fmt: skip


@lru_cache(maxsize=_KEPT)
def quantities_of(text: str) -> tuple[Quantity, ...]:
    """The values of a text in order, none within another. "Annual" and "every quarter" are the periods they mean."""
    text = text.replace("_", " ")  # a record's "annual_value_eur"
    taken: list[tuple[int, int]] = []
    found = []
    for form in _FORMS:
        for match in form.pattern.finditer(text):
            start, end = match.span()
            if any(start < other_end and other < end for other, other_end in taken):
                continue
            keys, number = form.read(match)
            if not keys:
                continue
            taken.append((start, end))
            kind = "date" if form.kind == "number" and _NAMED_YEAR.fullmatch(match.group()) else form.kind
            alone = form.read is _frequency or (form.kind == "number" and bool(_ALONE.match(text, end)))
            refused = bool(_REFUSED.search(text[:start]))
            words = " ".join(match.group().split())
            found.append(Quantity(kind, tuple(keys), words, start, end, number, alone, refused))
    return tuple(sorted(found, key=lambda item: item.start))
