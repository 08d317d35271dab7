"""Markdown: the text is the file itself, its marks kept; the parser tells the lines of each block."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from extraction.document import Block, Cell
from extraction.load.encoding import decode
from extraction.load.source import Content, Source

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE)
_FRONT_TITLE = re.compile(r"^title:[ \t]*(.+)$", re.MULTILINE)
_HEADING_MARK = re.compile(r"#{1,6}(?=\s)\s*")
_CLOSING_MARK = re.compile(r"\s+#+\s*\Z")
# Quote bars, bullets and numbers, in any nesting, as they stand before a block's first character.
_CONTAINER_MARKS = re.compile(r"(?:\s|>|(?:[-*+]|\d{1,9}[.)])(?=\s))*")
_COLUMN_BAR = re.compile(r"(?<!\\)\|")


def load(source: Source) -> Content:
    """Reads a .md file. Raises UnreadableDocument if it is not text."""
    text, warnings = decode(source)
    front = _FRONT_MATTER.match(text)
    title = _FRONT_TITLE.search(front[1]) if front else None
    body = front.end() if front else 0
    blocks = tuple(_Reader(text, body).blocks())
    return Content(text, blocks, title[1].strip().strip("\"'") if title else "", warnings)


class _Reader:
    """Turns the parser's tokens into blocks with spans in characters of the whole text."""

    def __init__(self, text: str, body: int) -> None:
        self._text = text
        self._starts = [body]
        while (newline := text.find("\n", self._starts[-1])) >= 0:
            self._starts.append(newline + 1)
        parser = MarkdownIt("commonmark").enable("table")
        # Only the blocks are wanted; what is bold or a link inside them is not.
        parser.core.ruler.enableOnly(["normalize", "block"])
        self._tokens = parser.parse(text[body:])

    def blocks(self) -> Iterator[Block]:
        """The blocks in order; link definitions, rules and comments are none."""
        item_depth, quoted, in_header = 0, 0, False
        header: list[str] = []
        for token in self._tokens:
            if token.type == "list_item_open":
                item_depth += 1
            elif token.type == "list_item_close":
                item_depth -= 1
            elif token.type == "blockquote_open":
                quoted += 1
            elif token.type == "blockquote_close":
                quoted -= 1
            elif token.type == "thead_open":
                in_header = True
                header = [self._text[start:end] for start, end in self._columns(token)]
            elif token.type == "thead_close":
                in_header = False
            elif token.type == "tr_open" and not in_header:
                yield from self._row(token, header)
            elif token.type in ("heading_open", "paragraph_open", "code_block", "fence", "html_block"):
                yield from self._block(token, item_depth, bool(item_depth or quoted))

    def _block(self, token: Token, item_depth: int, contained: bool) -> Iterator[Block]:
        start, end = self._span(token)
        if token.type == "fence":
            start, end = self._inside_fence(token, start, end)
        elif token.type == "heading_open" and token.markup in ("=", "-"):
            end = self._text.rfind("\n", start, end)
        if contained:
            marks = _CONTAINER_MARKS.match(self._text, start, end)
            start = marks.end() if marks else start
        if token.type == "heading_open" and token.markup.startswith("#"):
            start, end = self._inside_heading(start, end)
        start, end = self._stripped(start, end)
        if start == end or self._text.startswith("<!--", start):
            return
        if token.type == "heading_open":
            yield Block("heading", start, end, int(token.tag[1:]))
        else:
            yield Block("list_item" if item_depth else "paragraph", start, end, item_depth)

    def _row(self, token: Token, header: Sequence[str]) -> Iterator[Block]:
        columns = self._columns(token)
        filled = [(name, span) for name, span in zip(header, columns, strict=False) if span[0] < span[1]]
        if filled:
            cells = tuple(Cell(name, start, end) for name, (start, end) in filled)
            yield Block("table_row", cells[0].start, cells[-1].end, cells=cells)

    def _columns(self, token: Token) -> list[tuple[int, int]]:
        """The spans between the bars of a table's row."""
        start, end = self._span(token)
        newline = self._text.find("\n", start, end)
        marks = _CONTAINER_MARKS.match(self._text, start, end)
        start, end = self._stripped(marks.end() if marks else start, end if newline < 0 else newline)
        start += self._text.startswith("|", start, end)
        end -= end > start and self._text[end - 1] == "|" and self._text[end - 2] != "\\"
        bars = [bar.start() for bar in _COLUMN_BAR.finditer(self._text[:end], start)]
        return [
            self._stripped(left, right)
            for left, right in zip([start, *(bar + 1 for bar in bars)], [*bars, end], strict=True)
        ]

    def _inside_fence(self, token: Token, start: int, end: int) -> tuple[int, int]:
        newline = self._text.find("\n", start, end)
        if newline < 0:
            return end, end
        last = self._text.rfind("\n", newline, end)
        closed = self._text[last + 1 : end].strip().strip("> ").startswith(token.markup)
        return newline, max(newline, last) if closed else end

    def _inside_heading(self, start: int, end: int) -> tuple[int, int]:
        start, end = self._stripped(start, end)
        mark = _HEADING_MARK.match(self._text, start, end)
        start = mark.end() if mark else end  # a lone "#" is an empty heading
        closing = _CLOSING_MARK.search(self._text[start - 1 : end])
        return start, max(start, start - 1 + closing.start()) if closing else end

    def _span(self, token: Token) -> tuple[int, int]:
        """The token's lines as a span, without the last line's end."""
        first, last = token.map or [0, 0]
        end = self._starts[last] - 1 if last < len(self._starts) else len(self._text)
        return self._starts[first], max(self._starts[first], end)

    def _stripped(self, start: int, end: int) -> tuple[int, int]:
        part = self._text[start:end]
        start += len(part) - len(part.lstrip())
        return start, start + len(part.strip())
