"""The one day as of which a question asks: "Who hosted Atlas in 2023?" asks how things stood at the end of that year.

Only of what lasts: "What happened on 3 March 2026?" and "How many incidents were reported in 2024?" name a date that
the evidence has to hold, and no day as of which to look.
"""

import re

from kg.dates import WRITTEN_DATE, days_of

_AS_OF = re.compile(
    rf",?\s*\b(?:as\s+(?:of|at|on)|as\s+things\s+stood\s+(?:on|at|in))\s+(?P<date>{WRITTEN_DATE})\s*,?", re.IGNORECASE
)
_AT_THE_EDGE = re.compile(
    rf"^\W*(?:in|on|at|during|throughout)\s+(?:the\s+year\s+)?(?P<opens>{WRITTEN_DATE})\s*,?\s+"
    rf"|,?\s+\b(?:in|at|during|throughout|on)\s+(?:the\s+year\s+)?(?P<ends>{WRITTEN_DATE})\s*(?=[?.!]*\s*$)",
    re.IGNORECASE,
)
# Verbs of what lasts. A participle after "was" tells what happened, unless it is one of these.
_LASTS = re.compile(
    r"\b(?:owns?|owned|hosts?|hosted|operates?|operated|manages?|managed|runs?|ran|leads?|led|heads?|headed|chairs?|chaired"
    r"|reports?\s+to|reported\s+to|works?\s+(?:for|in|at)|worked\s+(?:for|in|at)|employs?|employed|holds?|held|belongs?|belonged"
    r"|supplies|supplied|provides?|provided|supports?|supported|lives?|lived|located|based|responsible|accountable|in\s+charge"
    r"|in\s+force|valid|appl(?:y|ies|ied)|uses|used\s+by|classified|stores?|stored|processe[sd]|kept|retained|allowed|permitted"
    r"|required|must|may|member|members)\b"
    r"|^\W*(?:who|what|which\s+\w+)\s+(?:is|was|are|were)\s+(?:(?:the|our|a|an)\s+)?(?:\w+\s+){0,3}(?:owner|manager|head|chair"
    r"|director|officer|lead|secretary|coordinator|host|supplier|provider|employer|controller|processor|administrator)s?\b",
    re.IGNORECASE,
)
# "the outage in January 2026" has its date, not the question.
_EVENT = re.compile(
    r"\b(?:incidents?|outages?|failures?|backups?|breach(?:es)?|meetings?|minutes|tests?|audits?|attacks?|intrusions?|events?"
    r"|reviews?|assessments?|logs?|changes?|interruptions?|thefts?|loss(?:es)?)\s*$",
    re.IGNORECASE,
)


def find_time(text: str) -> tuple[str | None, str]:
    """The last day (ISO) of the date as of which a question asks, and the question without these words.

    None, and the question as it is, when it names no such date or several.
    """
    found = [*_AS_OF.finditer(text)]
    if not found and _LASTS.search(_AT_THE_EDGE.sub("", text)):
        found = [match for match in _AT_THE_EDGE.finditer(text) if not _EVENT.search(text, 0, match.start())]
    dates = re.findall(WRITTEN_DATE, text, re.IGNORECASE)
    if len(found) != 1 or len(dates) != 1:
        return None, text
    days = days_of(dates[0])
    if days is None:
        return None, text
    start, end = found[0].span()
    return days[1], f"{text[:start]} {text[end:].lstrip()}".strip()
