"""From when and until when a document is in force, by its front matter or what it says of itself near its top.

"Effective date: 1 January 2025"     "POL-BK-04 - Version 2.0 - In force from 1 March 2026"
"| Valid until | 2025-12-31 |"       "This Agreement commences on 1 September 2025"
"""

import re
from collections.abc import Iterator

from extraction.document import LoadedDocument
from kg.dates import WRITTEN_DATE, days_of

_HEAD = 1500  # characters in which a document says of itself what it is
_LONGEST_LINE = 300
_LONGEST_UNMARKED = 80  # "Effective 1 May 2025" alone is a label; before a long sentence it is a part of that
_FROM = (
    r"(?:effective(?:\s+(?:date|from|since|as\s+of|on))?|valid\s+(?:from|since)|validity(?:\s+period)?|applicable\s+from|applies\s+from"
    r"|in\s+(?:force|effect)\s+(?:from|since|as\s+of)|date\s+of\s+(?:effect|commencement|entry\s+into\s+force)"
    r"|commencement(?:\s+date)?|entry\s+into\s+force|version\s+[\w.]+\s*,?\s*(?:of|dated))"
)
_UNTIL = (
    r"(?:(?:valid|in\s+force|in\s+effect|effective)\s+(?:until|till|to|through)|expir(?:es|y|ation)(?:\s+(?:date|on))?"
    r"|(?:date\s+of\s+expiry|end\s+of\s+validity)|(?:withdrawn|superseded)(?:\s+on)?)"
)
_TO = r"\s*(?:\b(?:and\s+)?(?:valid\s+)?(?:to|until|till|through)\b|[-–])\s*"
_MARK = r"\s*(?P<mark>[:=|])?\s*(?:on\s+|from\s+)?[\"']?"
_SAID = re.compile(
    rf"(?P<lead>^\W*|[,|;·•(–-]\s*|\.\s+)(?:{_FROM}{_MARK}(?P<from>{WRITTEN_DATE})(?:{_TO}(?P<to>{WRITTEN_DATE}))?"
    rf"|{_UNTIL}{_MARK.replace('mark', 'mark2')}(?P<until>{WRITTEN_DATE}))",
    re.IGNORECASE,
)
_VERSION = re.compile(r"\b(?:version|revision|edition|issue)\s+[\w.]*\d", re.IGNORECASE)
_BE = r"(?:(?:is|shall\s+be|was|becomes|became)\s+)?"
_DECLARED = re.compile(
    rf"\bthis\s+(?:[\w-]+\s+){{1,4}}?(?:{_BE}(?:effective|valid|in\s+force|applicable)\s+(?:from|since|as\s+of|on)"
    r"|(?:commences|starts|applies|takes\s+effect|took\s+effect|(?:enters|entered|comes|came)\s+into\s+(?:force|effect))\s+(?:on|from))"
    rf"\s+(?P<from>{WRITTEN_DATE})(?:{_TO}(?P<to>{WRITTEN_DATE}))?"
    rf"|\bthis\s+(?:[\w-]+\s+){{1,4}}?(?:{_BE}(?:effective|valid|in\s+force)\s+until|expires\s+on|ends\s+on|runs\s+until)"
    rf"\s+(?P<until>{WRITTEN_DATE})",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[*_`#>]+|(?<=[a-z])(?=[A-Z])")


def document_period(document: LoadedDocument) -> tuple[str | None, str | None]:
    """The first and the last day (ISO) on which the document says that it is in force; None where it says none."""
    first = last = None
    for line in _lines(document):
        for match in (*_SAID.finditer(line), *_DECLARED.finditer(line)):
            if match.re is _SAID and not _is_label(match, line):
                continue
            begins, ends = days_of(match["from"] or ""), days_of(match["to"] or match["until"] or "")
            first = first or (begins[0] if begins else None)
            last = last or (ends[1] if ends else None)
    return (first, None) if first and last and last < first else (first, last)


def _is_label(match: re.Match[str], line: str) -> bool:
    """Whether the words are a label, and not a part of what the document says of other things."""
    if match["lead"].strip(" -–•|,;(.") or match.start() > 0:
        return _VERSION.search(line) is not None
    return bool(match["mark"] or match["mark2"]) or len(line) <= _LONGEST_UNMARKED


def _lines(document: LoadedDocument) -> Iterator[str]:
    """The lines of the front matter and of the first blocks; a row of a label and a value is a line."""
    text = document.text
    front = text[: document.blocks[0].start] if document.blocks else ""
    lines = front.splitlines()
    for block in document.blocks:
        if block.start > len(front) + _HEAD:
            break
        said = [text[cell.start : cell.end] for cell in block.cells]
        if block.kind == "table_row" and len(said) <= 2:
            lines.append(": ".join([block.cells[0].name, *said][-2:]))
        elif block.kind != "table_row" and block.kind != "record":
            lines += text[block.start : block.end].split("\n")
    return (" ".join(_MARKUP.sub(" ", line).split()) for line in lines if len(line) <= _LONGEST_LINE)
