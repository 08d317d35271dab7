"""Finds headings, list items and paragraphs in lines of text that carry no markup (plain text, PDF)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extraction.document import Block, BlockKind

_BULLET = re.compile(r"[-*+•‣▪●◦—\u2013]\s+(?=\S)")
# "1.", "2)", "3.1", "(a)", "(iv)", "b)"; a wrapped line may well begin with a bare number.
_CLAUSE = re.compile(
    r"(?:\d{1,3}[.)]|\d{1,3}(?:\.\d{1,3}){1,5}[.)]?(?=\s+[A-Z])|\((?:\d{1,3}|[a-z]{1,4})\)|[a-z]\))\s+(?=\S)"
)
_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,3}){0,5})[.)]?\s")
_NAMED_PART = re.compile(
    r"(?:(part|title|chapter|annex|appendix|schedule)|(section)|(article))\s+(?:\d+|[IVXLC]+|[A-Z])\b",
    re.IGNORECASE,
)
_VISIBLE = re.compile(r"\S")
_SENTENCE_END = (".", "!", "?", ":", ";", "…", "。")
_HEADING_CHARS = 100
_HEADING_WORDS = 14
_BODY_CHARS = 45
# A line this much shorter than the widest ones ends its paragraph, if it also ends a sentence.
_SHORT_LINE = 0.8


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


def blocks_of_lines(text: str, start: int, end: int) -> Iterator[Block]:
    """The blocks of text[start:end], in order, with spans in characters of `text`.

    A heading is a short line that does not end a sentence, stands where a paragraph may begin, is
    followed by something else, and is numbered, in capitals or in title case. One at the very top
    of the text is the document's title and has level 1.
    """
    lines = list(_lines(text, start, end))
    width = _typical_width(lines)
    first = _VISIBLE.search(text)
    open_lines: list[_Line] = []
    for at, line in enumerate(lines):
        if not line.text:
            yield from _closed(open_lines)
        elif level := _heading_level(line.text, _text_after(lines, at)) if _may_begin(open_lines) else 0:
            yield from _closed(open_lines)
            at_the_top = first is not None and line.start == first.start()
            yield Block("heading", line.start, line.end, 1 if at_the_top else level)
        else:
            if _ends_paragraph(open_lines, width) or _item_mark(line.text):
                yield from _closed(open_lines)
            open_lines.append(line)
    yield from _closed(open_lines)


def _lines(text: str, start: int, end: int) -> Iterator[_Line]:
    while start <= end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        raw = text[start:stop]
        stripped = raw.strip()
        begin = start + len(raw) - len(raw.lstrip())
        yield _Line(begin, begin + len(stripped), stripped)
        start = stop + 1


def _typical_width(lines: list[_Line]) -> int:
    widths = sorted(len(line.text) for line in lines if line.text)
    return widths[len(widths) * 9 // 10] if widths else 0


def _text_after(lines: list[_Line], at: int) -> str:
    """The next line that is not blank, if any."""
    return next((lines[later].text for later in range(at + 1, len(lines)) if lines[later].text), "")


def _may_begin(open_lines: list[_Line]) -> bool:
    """Whether a heading may stand after these lines."""
    return not open_lines or open_lines[-1].text.endswith(_SENTENCE_END)


def _ends_paragraph(open_lines: list[_Line], width: int) -> bool:
    if not open_lines:
        return False
    last = open_lines[-1].text
    return last.endswith(_SENTENCE_END) and len(last) < _SHORT_LINE * width


def _closed(open_lines: list[_Line]) -> Iterator[Block]:
    """The block of the lines gathered so far, which are then forgotten."""
    if not open_lines:
        return
    first, last = open_lines[0], open_lines[-1]
    bullet = _BULLET.match(first.text)
    kind: BlockKind = "list_item" if _item_mark(first.text) else "paragraph"
    yield Block(kind, first.start + (bullet.end() if bullet else 0), last.end, int(kind == "list_item"))
    open_lines.clear()


def _item_mark(line: str) -> bool:
    return bool(_BULLET.match(line) or _CLAUSE.match(line))


def _heading_level(line: str, after: str) -> int:
    """1 to 6 for a heading, 0 for anything else."""
    words = line.split()
    if len(line) > _HEADING_CHARS or len(words) > _HEADING_WORDS or line.endswith((*_SENTENCE_END, ",")):
        return 0
    if not after or after[0].islower() or _BULLET.match(line):
        return 0
    if part := _NAMED_PART.match(line):
        return 1 if part[1] else 2 if part[2] else 3
    if number := _NUMBER.match(line):
        return _numbered_level(line[number.end() :], number[1], after)
    if line.isupper() and sum(map(str.isalpha, line)) > 3:
        return 1
    follows_body = len(after) > _BODY_CHARS or after.endswith(_SENTENCE_END) or _item_mark(after)
    return 2 if follows_body and _in_title_case(words) else 0


def _numbered_level(words: str, number: str, after: str) -> int:
    """A numbered line is a heading unless the next line carries a number of the same depth: a list."""
    depth = number.count(".") + 1
    sibling = _NUMBER.match(after)
    if not words[:1].isupper() or (sibling and sibling[1].count(".") + 1 == depth):
        return 0
    return min(depth, 6)


def _in_title_case(words: list[str]) -> bool:
    long_words = [word for word in words if len(word) > 3]
    return words[0][0].isupper() and bool(long_words) and all(word[0].isupper() for word in long_words)
