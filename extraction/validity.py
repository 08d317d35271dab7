"""From when and until when a fact holds, by the words of its own clause or by the columns of its row.

    "Since 1 March 2025 Sund hosts Atlas" 2025-03-01 and open     "until the end of 2024" open and 2024-12-31
    "from March to June 2025" 2025-03-01 and 2025-06-30           "Sund hosted Atlas in 2023" that year

The date of an event ("signed on 3 March 2024") is no period, nor is a deadline ("by", "within"; see `deadlines`).
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extraction.document import Block, LoadedDocument
from extraction.found import Extraction, FoundFact
from kg.dates import WRITTEN_DATE, YEARLESS_DATE, days_of, first_day_before

_STRONG = (
    r"(?:with\s+effect\s+(?:from|as\s+of|on)|effective(?:\s+(?:from|as\s+of|on))?|(?:valid|applicable|in\s+force|in\s+effect)"
    r"\s+(?:from|since|as\s+of)|(?:starting|beginning|commencing)(?:\s+(?:from|on|in|with))?|as\s+(?:of|from|at))"
)
_TO = (
    r"\s*,?\s*(?:\b(?:and\s+)?(?:valid\s+)?(?:to|until|till|through|up\s+(?:to|until))\b|[-–])"
    r"(?:\s+and\s+including)?\s*(?:the\s+)?"
)
_UNTIL = (
    r"(?:(?:valid|applicable|in\s+force|in\s+effect)\s+)?(?:until|till|through|up\s+(?:to|until)"
    r"|(?:ending|expiring)(?:\s+(?:on|in))?)(?:\s+and\s+including)?"
)
_PERIOD = re.compile(
    rf"""\b(?P<strong>{_STRONG})\s+(?P<from>{WRITTEN_DATE})(?:\s+onwards?)?(?:{_TO}(?P<to>{WRITTEN_DATE}))?
    | \b(?:from|since)\s+(?P<from2>{WRITTEN_DATE})(?:\s+onwards?|\s+on(?=\s*[,.;]))?(?:{_TO}(?P<to2>{WRITTEN_DATE}))?
    | \b(?:from\s+(?P<part>{YEARLESS_DATE}){_TO}|between\s+(?P<part2>{YEARLESS_DATE})\s+and\s+)(?P<to3>{WRITTEN_DATE})
    | \bbetween\s+(?P<from4>{WRITTEN_DATE})\s+and\s+(?P<to4>{WRITTEN_DATE})
    | \b{_UNTIL}\s+(?P<to5>{WRITTEN_DATE})
    | \(\s*(?P<from6>{WRITTEN_DATE})\s*[-–]\s*(?P<to6>{WRITTEN_DATE})?\s*\)
    | \b(?P<during>in|during|throughout)\s+(?:the\s+(?:whole\s+)?year\s+)?(?P<from7>{WRITTEN_DATE})
        (?:{_TO}(?P<to7>{WRITTEN_DATE}))?""",
    re.IGNORECASE | re.VERBOSE,
)
# "30 days from 1 March", "the backups from 2024", "not until": the words before make another thing of it.
_OTHER = re.compile(
    r"\b(?:days?|weeks?|months?|quarters?|hours?|logs?|records?|data|files?|backups?|cop(?:y|ies)|entr(?:y|ies)|reports?|invoices?"
    r"|minutes|messages?|documents?|letters?|e-?mails?|versions?|figures?|releases?|editions?|statements?|different|apart|ranging"
    r"|calculated|counted|measured|dated|not\s+valid|no\s+later|not\s+later|not\s+before)\s*$",
    re.IGNORECASE,
)
# What happens at a time does not hold for it; only "in 2023" may be said of both.
_HAPPENS = re.compile(
    r"\b(?:appointed|elected|joined|became|left|awarded|acquired|bought|sold|signed|approved|agreed|decided|launched|introduced"
    r"|founded|established|moved|opened|closed|started|began|ended|reported|detected|discovered|noticed|affected|impacted|involved"
    r"|caused|resulted|led\s+to|notified|informed|composed|designed|directed|painted|written|wrote|published|released|born|died"
    r"|killed|murdered|assassinated|participated|took|succeeded|preceded|replaced|superseded|graduated|disclosed|won|lost|happened"
    r"|occurred|engaged)\b",
    re.IGNORECASE,
)
_JOINS = (
    r"[;:]|[.!?]\s|\b(?:and|but|or|which|that|who|whom|whose|where|while|whereas|because|although|though|if|unless|when|before"
    r"|after)\b"
)
_JOINED = re.compile(_JOINS, re.IGNORECASE)
# Between a fact and its period there is no verb: "hosts Atlas and has been certified since 2021" dates no hosting.
_VERB = re.compile(
    rf"{_JOINS}|\b(?:is|are|was|were|has|have|had|will|shall|must|may|can|could|would|should|does|did|being)\b"
    r"|\b(?!based|located|named|called|limited|united)\w{3,}ed\b",
    re.IGNORECASE,
)
_WHO = re.compile(r"\s*,?\s*(?:who|which|that)\s+(?:(?:has|have|had|was|were|is|are)\s+(?:been\s+)?)?", re.IGNORECASE)
_OPENING = re.compile(r"(?:^|[.;:!?]\s)\W*(?:\w{1,3}[.)]\s+)?(?:(?:and|but|however|so)\b)?\W*$", re.IGNORECASE)
_BEGIN = re.compile(r"[.;!?|\t]\s|\n\s*\n")
_END = re.compile(r"[.;!?](?=\s|$)|[|\t]|\n\s*\n")
_MAX_GAP = 80
_MAX_SENTENCE = 600
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# "Contract start date", and not "review start date": of what the row itself is.
_OF = r"(?:(?:contract|agreement|validity|period|term|role|assignment|membership|employment|policy)\s+)?"
_HOLDS = r"(?:valid|effective|applicable|in force|in effect)"
_FROM_COLUMN = re.compile(
    rf"from|since|starts?|begins?|effective|{_OF}{_HOLDS}\s+(?:from|since|as of)|{_OF}(?:starts|begins)\s+on"
    rf"|{_OF}(?:start|starting|begin|effective|commencement)\s+date|(?:validity|period|term)\s+(?:from|start)"
)
_TO_COLUMN = re.compile(
    rf"to|until|till|through|ends?|expires|expiry|expiration|{_OF}{_HOLDS}\s+(?:to|until|till|through)|{_OF}(?:ends|expires)\s+on"
    rf"|{_OF}(?:end|ending|expiry|expiration)\s+date|(?:validity|period|term)\s+(?:to|until|end)"
)


@dataclass(frozen=True, slots=True)
class Period:
    """Characters `start` to `end` of a text say that something holds from `first` until `last` (ISO, "" when open).

    `strong`: its words can mean nothing else ("with effect from"); `during`: they may tell when something happened.
    """

    start: int
    end: int
    first: str
    last: str
    strong: bool = False
    during: bool = False


def find_periods(text: str) -> Iterator[Period]:
    """The periods that a text names, in order."""
    for match in _PERIOD.finditer(text):
        if _OTHER.search(text, max(0, match.start() - 40), match.start()):
            continue
        said = {name.rstrip("234567"): value for name, value in match.groupdict().items() if value}
        begins, ends = days_of(said.get("from", "")), days_of(said.get("to", ""))
        if ("from" in said and begins is None) or ("to" in said and ends is None):
            continue
        during = "during" in said
        first = (
            begins[0] if begins else (first_day_before(said["part"], ends[1]) or "") if "part" in said and ends else ""
        )
        last = ends[1] if ends else begins[1] if during and begins else ""
        if not last or first <= last:
            yield Period(match.start(), match.end(), first, last, "strong" in said, during)


def date_facts(extraction: Extraction, document: LoadedDocument) -> Extraction:
    """The extraction with `valid_from` and `valid_to` of each fact that its sentence or its row gives a period."""
    facts = extraction.facts
    found = _of_rows(facts, document.text, [block for block in document.blocks if block.cells])
    sentences: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for at, fact in enumerate(facts):
        if at not in found:
            sentences[_sentence(document.text, fact)].append(at)
    for (start, end), places in sentences.items():
        sentence = _Sentence(document.text[start:end], start, [facts[at] for at in places])
        found |= {at: period for at in places if (period := sentence.period_of(facts[at]))}
    dated = (
        replace(fact, valid_from=found[at].first, valid_to=found[at].last) if at in found else fact
        for at, fact in enumerate(facts)
    )
    return replace(extraction, facts=tuple(dated))


def _is_dated(fact: FoundFact) -> bool:
    """Whether a fact may hold for a time; what is a date itself ("the contract ends on ...") holds for good."""
    return all(end.type != "Date" and days_of(end.text) is None for end in (fact.subject, fact.object))


# Rows of tables and records.


def _of_rows(facts: Sequence[FoundFact], text: str, rows: Sequence[Block]) -> dict[int, Period]:
    """The periods of the facts of rows that have columns for them, by the facts' positions."""
    starts = [row.start for row in rows]
    found: dict[int, Period] = {}
    periods: dict[int, Period | None] = {}
    for at, fact in enumerate(facts):
        place = bisect_right(starts, fact.start) - 1
        if place < 0 or fact.end > rows[place].end:
            continue
        if place not in periods:
            periods[place] = _row_period(text, rows[place])
        period = periods[place]
        if period is not None and _is_dated(fact):
            found[at] = period
    return found


def _row_period(text: str, row: Block) -> Period | None:
    first = last = ""
    for cell in row.cells:
        # "contract.validFrom" is "contract valid from".
        header = " ".join(re.sub(r"[\W_]+", " ", _CAMEL.sub(" ", cell.name)).casefold().split())
        value = text[cell.start : cell.end].strip()
        days = days_of(re.sub(r"[T ]\d\d:\d\d.*", "", value)) if re.fullmatch(r"[\w\s,.:+-]{4,40}", value) else None
        if days and not first and _FROM_COLUMN.fullmatch(header):
            first = days[0]
        elif days and not last and _TO_COLUMN.fullmatch(header):
            last = days[1]
    if not (first or last) or (first and last and first > last):
        return None
    return Period(row.start, row.end, first, last)


# Sentences.


def _sentence(text: str, fact: FoundFact) -> tuple[int, int]:
    """The fact's characters, and those up to where their sentence begins and ends."""
    earliest = max(0, fact.start - _MAX_SENTENCE)
    begin = max((match.end() for match in _BEGIN.finditer(text, earliest, fact.start)), default=earliest)
    end = fact.end
    if not text[fact.start : end].rstrip().endswith((".", ";", "!", "?")):
        match = _END.search(text, end, end + _MAX_SENTENCE)
        end = match.start() if match else end
    return begin, end


class _Sentence:
    """A sentence with its periods, and with the facts that it states: each period is of those that it stands by."""

    def __init__(self, text: str, offset: int, facts: Sequence[FoundFact]) -> None:
        self._text = text
        self._offset = offset
        self._facts = facts
        self._periods = list(find_periods(text))

    def period_of(self, fact: FoundFact) -> Period | None:
        """The period that stands right after a fact, or opens its sentence, or stands within it; None without one."""
        if not self._periods or not _is_dated(fact):
            return None
        own = self._hull([fact])
        # "A owns B and C since 2021": what stands after the last of them is said of all.
        alike = [
            f
            for f in self._facts
            if f.predicate == fact.predicate and (f.subject == fact.subject or f.object == fact.object)
        ]
        shared = self._hull(alike)
        for period in self._periods:
            if period.during and _HAPPENS.search(self._text):
                continue
            if self._in_action(period, fact) or (self._is_free(period, fact) and self._follows(period, own)):
                return period
        for period in self._periods:
            if (period.during and _HAPPENS.search(self._text)) or not self._is_free(period, fact):
                continue
            if self._opens(period, own) or self._within(period, own) or self._follows(period, shared):
                return period
        return None

    def _hull(self, facts: Sequence[FoundFact]) -> tuple[int, int]:
        """From the first to the last character of the subjects and objects, as far as this sentence holds them."""
        limit = len(self._text)
        places = [(m.start - self._offset, m.end - self._offset) for f in facts for m in (f.subject, f.object)]
        inside = [(a, b) for a, b in places if a >= 0 and b <= limit] or [(0, limit)]
        return min(a for a, _ in inside), max(b for _, b in inside)

    def _is_free(self, period: Period, fact: FoundFact) -> bool:
        """Whether a period is none of the fact's own words."""
        start, end = period.start + self._offset, period.end + self._offset
        return all(end <= mention.start or start >= mention.end for mention in (fact.subject, fact.object))

    def _in_action(self, period: Period, fact: FoundFact) -> bool:
        """ "must use tokens from 1 March 2025": the end of what is to be done tells from when, if it tells no end."""
        action = fact.object
        begins_late = bool(period.first) and (period.strong or not period.last) and not period.during
        ends_it = self._text[period.end : max(period.end, action.end - self._offset)].strip(" .,;)") == ""
        inside = action.start - self._offset < period.start and period.end <= action.end - self._offset
        return action.type == "Action" and begins_late and inside and ends_it

    def _follows(self, period: Period, hull: tuple[int, int]) -> bool:
        gap = self._text[hull[1] : period.start]
        return hull[1] <= period.start <= hull[1] + _MAX_GAP and _VERB.search(gap) is None

    def _opens(self, period: Period, hull: tuple[int, int]) -> bool:
        gap = self._text[period.end : hull[0]]
        near = period.end <= hull[0] <= period.end + _MAX_GAP
        return near and _JOINED.search(gap) is None and _OPENING.search(self._text[: period.start]) is not None

    def _within(self, period: Period, hull: tuple[int, int]) -> bool:
        """Whether a period stands between subject and object, and there in no clause of its own or another fact's."""
        if not hull[0] <= period.start < period.end <= hull[1]:
            return False
        others = (self._hull([fact]) for fact in self._facts)
        if any(other[1] < hull[1] and self._follows(period, other) for other in others):
            return False
        before = self._text[hull[0] : period.start]
        if who := _WHO.search(before):
            return who.end() == len(before) and "," not in self._text[period.end : hull[1]]
        return not (_JOINED.search(before) or _JOINED.search(self._text, period.end, hull[1]))
