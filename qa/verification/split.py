"""A written answer in sentences, each with the evidence numbers that it cites."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

_MARK = re.compile(r"\s*\[\s*\d+(?:\s*,\s*\d+)*\s*\]")
_NUMBER = re.compile(r"\d+")
_BULLET = re.compile(r"\s*(?:[-*•–]\s+|\d{1,2}[.)]\s+|#+\s+)?")
_ITEM = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)])\s+\S")
# What synthesis without a model writes of a passage: its document, all of the quotation, its mark.
_QUOTED_LINE = re.compile(r"([^“”\n]*: “(?:(?!”\s*\[\d+\]).)*”)((?:\s*\[\d+\])+)\.?\s*")
# Marks may stand before the full stop or after it.
_END = re.compile(r"[.!?]+[\"'”’)*]*(?:\s*\[\s*\d+(?:\s*,\s*\d+)*\s*\])*(?=\s+[A-ZÀ-Ý\d“\"'(*_-])")
_SHORTENED = re.compile(
    r"(?:\b(?:Inc|Ltd|Co|Corp|No|Nos|Art|Sec|cl|Dr|Mr|Mrs|Ms|Prof|St|vs|approx|ca|cf|e\.g|i\.e|[ap]\.m|[A-Z]"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|^\s*\d{1,2})\.$"
)
_PRONOUN = re.compile(
    r"(?:it|its|they|their|he|his|she|her|this|these|that|those|both|such|there|after that)\b", re.IGNORECASE
)
_VERDICT = re.compile(r"(?:yes|no)\b[.!,:;–—-]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer: its span, its words without marks, what it cites.

    `intro`: it announces a list, of so many `items`. `before` is the sentence before it, if it begins with a pronoun
    that speaks of that.
    """

    start: int
    end: int
    said: str
    cites: tuple[int, ...]
    intro: bool = False
    items: int = 0
    before: str = ""


def split_answer(text: str) -> list[list[Sentence]]:
    """The sentences of each line that has any, in order; bullets and numbers of lists are in no sentence.

    A list's first line ("The owners are:") cites what its items cite, if nothing itself. "Yes." is one sentence with
    what follows it.
    """
    lines: list[list[Sentence]] = []
    start, before = 0, ""
    for line in text.split("\n"):
        found = []
        for sentence in _sentences(line, start):
            found.append(replace(sentence, before=before if _PRONOUN.match(sentence.said) else ""))
            before = sentence.said
        if found:
            lines.append(found)
        start += len(line) + 1
    return [_with_items(line, lines[number + 1 :], text) for number, line in enumerate(lines)]


def without_marks(text: str) -> str:
    """The text as it reads without its marks."""
    return " ".join(_MARK.sub("", text).split())


def is_item(line: str) -> bool:
    """Whether a line is an item of a list."""
    return bool(_ITEM.match(line))


def _sentences(line: str, offset: int) -> Iterator[Sentence]:
    begin = 0
    bullet = _BULLET.match(line)
    first = bullet.end() if bullet else 0
    if quoted := _QUOTED_LINE.fullmatch(line):
        # A quotation may have numbers in brackets of its own.
        yield Sentence(offset + first, offset + len(line.rstrip()), quoted[1][first:], _cited(quoted[2]))
        return
    ends = [*(match.end() for match in _END.finditer(line, first) if _parts(line, first, match)), len(line)]
    begin = first
    for end in ends:
        piece = line[begin:end]
        if not re.search(r"\w", _MARK.sub("", piece)):
            continue  # marks alone belong to what comes before, which then ends no sentence
        if end < len(line) and _VERDICT.fullmatch(piece.strip()):
            continue
        start = begin + len(piece) - len(piece.lstrip())
        stop = begin + len(piece.rstrip())
        yield Sentence(offset + start, offset + stop, without_marks(piece), _cited(piece))
        begin = end


def _parts(line: str, first: int, match: re.Match[str]) -> bool:
    """Whether a full stop ends a sentence: not that of "Inc.", nor one inside a quotation or brackets."""
    before = line[first : match.start() + 1]
    inside = before.count("“") > before.count("”") + match.group().count("”")
    inside = inside or before.count("(") > before.count(")") + match.group().count(")")
    return not inside and not _SHORTENED.search(before)


def _cited(piece: str) -> tuple[int, ...]:
    numbers = (int(number) for mark in _MARK.findall(piece) for number in _NUMBER.findall(mark))
    return tuple(dict.fromkeys(numbers))


def _with_items(line: list[Sentence], following: Sequence[list[Sentence]], text: str) -> list[Sentence]:
    last = line[-1]
    if not last.said.endswith(":"):
        return line
    items: list[list[Sentence]] = []
    for sentences in following:
        begin = text.rfind("\n", 0, sentences[0].start) + 1
        if not is_item(text[begin:]):
            break
        items.append(sentences)
    cites = last.cites or tuple(dict.fromkeys(number for item in items for each in item for number in each.cites))
    return [*line[:-1], replace(last, cites=cites, intro=bool(cites and items), items=len(items))]
