"""By when something must be done, and except when: the document's own words, and the deadline as ISO 8601.

A period gives a duration ("within 72 hours" PT72H), a rhythm a repeating interval ("every three months" R/P3M), a
notice a negative duration ("15 working days before departure" -P15D business), a day a date. "Immediately" is PT0S;
"without undue delay" names no time, so its `due` is "".
"""

import re
from dataclasses import dataclass

from kg.names import value_of
from kg.values import NUMBER_WORDS

_NUMBER = (
    rf"(?:\d[\d.,]*|(?:{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))})(?:-\w+)?)(?:\s+\([\w-]{{1,15}}\))?"
)
_PERIOD = (
    rf"{_NUMBER}(?:\s+|-)(?:(?:calendar|business|working)\s+)?(?:minute|hour|day|week|month|quarter|year)s?\b['’]?"
)
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_DAY = (
    rf"(?:\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+\d{{4}})?"
    rf"|{_MONTH}\s+\d{{1,2}},?\s+\d{{4}}|{_MONTH}\s+\d{{4}}|(?:the\s+)?end\s+of\s+(?:{_MONTH}\s+)?\d{{4}})"
)
# What a period runs from: up to the end of its phrase.
_EVENT = (
    r"\s+(?:of|after|from|following|before|prior\s+to)\s+[^,;:.()]{1,90}?"
    r"(?=[,;:.()]|\s+(?:and|or|but|unless|except|if|to|by|in|the\s+\w+\s+(?:shall|must|may))\b|$)"
)
_SOON = r"as\s+soon\s+as\s+(?:(?:reasonably\s+)?(?:possible|practicable)|[^,;:.()]{3,80})"
_UNTIL_NEXT = r"(?=[,;:.()]|\s+(?:and|or|but|unless|except|if)\b|$)"
# "reviewed quarterly", and not "the quarterly review".
_ADVERB = (
    r"\b(?=\s*(?:[,;:.()]|$)"
    r"|\s+(?:by|to|and|or|with|in|for|on|from|at|the|against|using|unless|if|all|any|an?|their|its)\b)"
)
_POINT = r"(?:first|last)\s+(?:working\s+)?day(?:\s+of\s+\w+)?|(?:working\s+)?day|month|quarter|year"
_TIMES = {"once": 12, "twice": 6, "one": 12, "two": 6, "three": 4, "four": 3}
_RHYTHMS = {
    "annually": "P1Y",
    "yearly": "P1Y",
    "half-yearly": "P6M",
    "quarterly": "P3M",
    "monthly": "P1M",
    "weekly": "P1W",
    "daily": "P1D",
    "hourly": "PT1H",
}
_SINGLE = {"year": "P1Y", "quarter": "P3M", "month": "P1M", "week": "P1W", "day": "P1D", "hour": "PT1H"}
_PART = re.compile(
    rf"""(?:\b|(?=\())(?:
      (?P<soon>immediately|forthwith|at\s+once|without\s+delay)
    | (?P<vague>without\s+undue\s+delay|promptly|{_SOON}|(?:on|by\s+the\s+end\s+of)\s+the\s+same\s+(?:working\s+)?day)
    | (?:(?:no|not)\s+later\s+than|at\s+the\s+latest)\s+(?P<latest>{_PERIOD}|{_DAY})(?P<latest_of>{_EVENT})?
    | \((?:[^()\n]{{2,40}}),\s+(?P<noted>{_DAY})(?=\))
    | (?:on|upon)\s+(?P<occasion>expiry|termination|request|demand|completion|receipt)\b
    | (?:(?:at\s+the\s+latest\s+)?(?:within|in\s+no\s+more\s+than|in\s+less\s+than)\s+(?:a\s+period\s+of\s+)?
        |over\s+a\s+period\s+of\s+)(?P<within>{_PERIOD})(?P<within_of>{_EVENT})?
    | (?:by|before|until\s+no\s+later\s+than|no\s+later\s+than)\s+(?P<day>{_DAY})
    | (?:at\s+least\s+|not\s+less\s+than\s+)?(?P<notice>{_PERIOD})\s+
        (?:in\s+advance|beforehand|(?:before|prior\s+to)\s+[^,;:.()]{{1,60}}?{_UNTIL_NEXT})
    | (?:at\s+least\s+)?(?:once\s+)?every\s+(?P<every>{_PERIOD})
    | (?:at\s+least\s+)?(?:once\s+(?:in\s+)?)?(?:every|each)\s+(?:calendar\s+)?
        (?P<each>year|quarter|month|week|day|hour)\b
    | (?:at\s+least\s+)?(?P<times>once|twice|(?:one|two|three|four)\s+times)\s+
        (?:a|an|per|each|in\s+every|in\s+each|every)\s+(?:calendar\s+)?(?P<of>year|quarter|month|week|day)\b
    | (?P<number>one|two|three|four)\s+(?:[\w-]+\s+){{1,3}}(?:a|an|per|each|every)\s+(?P<span>year)\b
    | (?P<event>before|prior\s+to)\s+(?!\d)[^,;:.()]{{3,90}}?{_UNTIL_NEXT}
    | (?:at\s+least\s+)?(?P<rhythm>annually|yearly|half-yearly|quarterly|monthly|weekly|daily|hourly){_ADVERB}
    | (?:on|before|at\s+the\s+end\s+of|by\s+the\s+end\s+of)\s+(?:the|his|her|their)\s+(?P<point>{_POINT})(?=\W|$)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_JOIN = re.compile(
    r"\s*(?:,|and|but|,\s*and|,\s*but)?\s*(?:,?\s*where\s+[\w\s]{3,30},\s*)?(?:in\s+any\s+(?:case|event)\s*,?\s*)?(?:at\s+the\s+latest\s*|thereafter\s*)?",
    re.IGNORECASE,
)
_LATEST = re.compile(r"(?:and\s+)?(?:at\s+the\s+latest|in\s+any\s+(?:case|event))\s*,?\s*$", re.IGNORECASE)
_EXCEPTION = re.compile(
    r"\b(?:unless|until|except(?:\s+(?:where|when|if|for|in|as|to|with|by|that))?|with\s+the\s+(?:sole\s+|only\s+)?exception\s+of|other\s+than"
    r"|save\s+(?:where|for|as|that|in)|provided\s+that|as\s+long\s+as|on\s+condition\s+that"
    r"|without\s+(?:(?:the|an?|its|his|her|their|prior|express|written)\s+){0,4}"
    r"(?:consent|approval|permission|authori[sz]ation|agreement|decision))\b",
    re.IGNORECASE,
)
_EXCEPTION_END = re.compile(r"[;]|\.(?=\s|$)|\)|$")


@dataclass(frozen=True, slots=True)
class Deadline:
    """Characters `start` to `end` of the text that was searched; `due` is ISO 8601, "" when no time is named."""

    start: int
    end: int
    due: str


def find_deadline(text: str, start: int, end: int) -> Deadline | None:
    """The first deadline between two characters, with those joined to it ("without delay and within 36 hours")."""
    found: Deadline | None = None
    for match in _PART.finditer(text, start, end):
        due = _due(match)
        if found is None:
            lead = _LATEST.search(text, start, match.start())
            begin = match.start("noted") if match["noted"] else lead.start() if lead else match.start()
            found = Deadline(begin, _trimmed(text, match), due)
        elif _JOIN.fullmatch(text, found.end, match.start()):
            found = Deadline(found.start, _trimmed(text, match), due if found.due in ("", "PT0S") else found.due)
        else:
            break
    return found


def find_exception(text: str, start: int, end: int, modality: str) -> tuple[int, int] | None:
    """The clause that says when a rule does not hold, or under which condition alone it does.

    What nobody may do "without consent" or "until it is signed" is allowed then; else these words are no exception.
    """
    match = _EXCEPTION.search(text, start, end)
    if match is None or (modality != "MUST_NOT" and match.group()[:5].casefold() in ("witho", "until")):
        return None
    stop = _EXCEPTION_END.search(text, match.end(), end)
    last = stop.start() if stop else end
    if match.start() == start or text[: match.start()].rstrip(" (").endswith((".", ";")):
        # An exception that opens the sentence ends where its main clause begins.
        comma = text.find(",", match.end(), last)
        last = comma if comma > 0 else last
    while last > match.end() and text[last - 1] in " ,*":
        last -= 1
    return (match.start(), last) if last - match.end() > 2 else None


def _trimmed(text: str, match: re.Match[str]) -> int:
    end = match.end()
    while text[end - 1].isspace():
        end -= 1
    return end


def _due(match: re.Match[str]) -> str:
    if match["soon"]:
        return "PT0S"
    for group in ("latest", "within", "day", "noted"):
        if match[group]:
            before = (match[f"{group}_of"] or "") if group in ("latest", "within") else ""
            sign = "-" if re.match(r"\s+(?:before|prior)", before, re.IGNORECASE) else ""
            due = _value(match[group])
            return f"{sign}{due}" if due.startswith("P") else due
    if match["notice"]:
        due = _value(match["notice"])
        return f"-{due}" if due else ""
    if match["every"]:
        due = _value(match["every"])
        return f"R/{due}" if due else ""
    if match["each"]:
        return f"R/{_SINGLE[match['each'].casefold()]}"
    if match["times"]:
        return _often(match["times"].split()[0].casefold(), match["of"].casefold())
    if match["number"]:
        return _often(match["number"].casefold(), "year")
    return f"R/{_RHYTHMS[match['rhythm'].casefold()]}" if match["rhythm"] else ""


def _value(text: str) -> str:
    if end := re.fullmatch(rf"(?:the\s+)?end\s+of\s+(?:({_MONTH})\s+)?(\d{{4}})", text, re.IGNORECASE):
        return value_of(f"{end[1]} {end[2]}") if end[1] else f"{end[2]}-12-31"
    return value_of(text.rstrip("'’"))


def _often(times: str, unit: str) -> str:
    """ "twice a year" is every six months; rhythms that are no whole months have no such form."""
    if times in ("once", "one"):
        return f"R/{_SINGLE[unit]}"
    return f"R/P{_TIMES[times]}M" if unit == "year" else ""
