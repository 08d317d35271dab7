"""Builds a document's text block by block, for the formats whose text is not the file itself."""

import re
from collections.abc import Iterable, Sequence

from extraction.document import Block, BlockKind, Cell
from extraction.load.source import Content

_GAP = "\n\n"
_WARNINGS_SHOWN = 20

# JSON escapes and broken PDF fonts can yield these; no UTF-8 store takes a lone surrogate.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_TO_MEND = re.compile("[\r\x00\ud800-\udfff]")


class Composer:
    """Collects blocks, with a blank line between them, and warnings."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._warnings: list[str] = []
        self._left_out = 0

    def add(self, kind: BlockKind, value: str, level: int = 0) -> None:
        """Adds a block that reads `value`; nothing is added where that is only white space."""
        value = storable(value).strip()
        if not value:
            return
        start = self._open()
        self._write(value)
        self._blocks.append(Block(kind, start, self._length, level))

    def add_row(self, kind: BlockKind, fields: Iterable[tuple[str, str]]) -> None:
        """Adds a block "name: value; name: value" of (name, value) pairs; empty values are left out."""
        filled = [(" ".join(storable(name).split()), storable(value).strip()) for name, value in fields]
        filled = [(name, value) for name, value in filled if value]
        if not filled:
            return
        start = self._open()
        cells = []
        for number, (name, value) in enumerate(filled):
            self._write("; " if number else "")
            self._write(f"{name}: ")
            cells.append(Cell(name, self._length, self._length + len(value)))
            self._write(value)
        self._blocks.append(Block(kind, start, self._length, cells=tuple(cells)))

    def add_table(self, rows: Sequence[Sequence[str]]) -> None:
        """Adds a table whose first row is the header; one row or one column is no table but paragraphs."""
        if len(rows) < 2 or max(map(len, rows)) < 2:
            for row in rows:
                self.add("paragraph", "; ".join(filter(None, row)))
            return
        for row in rows[1:]:
            self.add_row("table_row", named(rows[0], row))

    def warn(self, sentence: str, left_out: bool = False) -> None:
        """Notes a warning; only the first twenty are kept in full. `left_out`: a part of the file is missing."""
        self._warnings.append(sentence)
        self._left_out += left_out

    def content(self, title: str = "") -> Content:
        """What was collected so far."""
        shown = self._warnings[:_WARNINGS_SHOWN]
        if more := len(self._warnings) - len(shown):
            shown.append(f"and {more} more warnings like these")
        return Content("".join(self._parts), tuple(self._blocks), title, tuple(shown), self._left_out)

    def _open(self) -> int:
        if self._parts:
            self._write(_GAP)
        return self._length

    def _write(self, value: str) -> None:
        self._parts.append(value)
        self._length += len(value)


def named(header: Sequence[str], row: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs a row's values with their columns' names; a column without a name is "column 7"."""
    names = [name.strip() or f"column {number}" for number, name in enumerate(header, start=1)]
    names += [f"column {number}" for number in range(len(names) + 1, len(row) + 1)]
    return list(zip(names, row, strict=False))


def storable(value: str) -> str:
    """`value` with line ends as \\n, and NUL and lone surrogates as the replacement character."""
    if not _TO_MEND.search(value):
        return value
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value.replace("\r\n", "\n").replace("\r", "\n"))
