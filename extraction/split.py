"""Cuts a document into passages that follow its structure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from extraction.document import Block, Cell, LoadedDocument

_ALONE = ("table_row", "record")

# Where a long block may be cut, best first: between sentences, between clauses or cells, between words.
# Each matches the white space that the cut leaves out, or the first of it.
_SENTENCE = re.compile(
    r"""(?<=[.!?…])\s++(?![a-z])(?<!\b[A-Z]\.\s)(?<!\bNo\.\s)(?<!\bArt\.\s)(?<!\bDr\.\s)(?<!\bM[rs]\.\s)
    | (?<=[.!?…]["'”\u2019»)\]])\s++(?![a-z])
    | (?<=[。\uff01\uff1f])\s*""",
    re.VERBOSE,
)
_CLAUSE = re.compile(r"(?<=;)\s+|\s*\n\s*")
_WORD = re.compile(r"\s+")
_VISIBLE = re.compile(r"\S")
_LOOKAHEAD = 80
_ORDINAL = re.compile(r"\(?\w{1,4}[.)]\s+")  # "73. ", which is no sentence


@dataclass(frozen=True, slots=True)
class PassageSpan:
    """A passage: a span of the document's text, in characters, without white space at either end.

    `ordinal` counts from 0; `page` is that of the first block; `heading` is the path of headings
    that the passage stands under, joined by " > ". `blocks` are the blocks of the passage, those
    that it only holds a part of cut down to that part.
    """

    ordinal: int
    start: int
    end: int
    page: int | None
    heading: str
    blocks: tuple[Block, ...]


def split(document: LoadedDocument, max_chars: int = 1000) -> list[PassageSpan]:
    """Cuts a document into passages of at most `max_chars` characters (a longer word stays whole).

    A passage does not cross a heading, and a record or table row stands alone. Every block is in
    the passages in full. Raises ValueError if `max_chars` is less than 1.
    """
    if max_chars < 1:
        raise ValueError(f"max_chars is {max_chars}; it must be at least 1.")
    packer = _Packer(document.text, max_chars)
    passages: list[PassageSpan] = []
    for path, section in _sections(document):
        for blocks in packer.pack(section):
            first, last = blocks[0], blocks[-1]
            passages.append(PassageSpan(len(passages), first.start, last.end, first.page, path, tuple(blocks)))
    return passages


def _sections(document: LoadedDocument) -> Iterator[tuple[str, list[Block]]]:
    """Each heading with what follows it up to the next, and the path of headings to it."""
    path: list[tuple[int, str]] = []
    section: list[Block] = []
    for block in document.blocks:
        if block.kind == "heading":
            if section:
                yield _joined(path), section
            path = [(level, words) for level, words in path if level < block.level]
            path.append((block.level, " ".join(document.text[block.start : block.end].split())))
            section = []
        section.append(block)
    if section:
        yield _joined(path), section


def _joined(path: list[tuple[int, str]]) -> str:
    return " > ".join(words for _, words in path)


class _Packer:
    """Packs the blocks of a section into passages."""

    def __init__(self, text: str, max_chars: int) -> None:
        self._text = text
        self._max = max_chars

    def pack(self, section: list[Block]) -> Iterator[list[Block]]:
        """The passages of one section, as lists of blocks."""
        current: list[Block] = []
        for block in section:
            if current and (current[-1].kind in _ALONE or not self._may_join(current, block)):
                carried = self._carried(current, block)
                if current:
                    yield current
                current = carried
            *full, last = self._pieces(block, current)
            for piece in full:
                yield [*current, piece]
                current = []
            current.append(last)
        yield current

    def _may_join(self, current: list[Block], block: Block) -> bool:
        if _is_lone_heading(current):
            return self._fits(current[0], block) or self._cut_under_heading(current[0], block) is not None
        return block.kind not in _ALONE and self._fits(current[0], block)

    def _fits(self, first: Block, last: Block) -> bool:
        return last.end - first.start <= self._max

    def _carried(self, current: list[Block], block: Block) -> list[Block]:
        """Takes from `current` the sentence that leads in `block` ("...the following:"), to go with it."""
        lead = current[-1]
        leads = lead.kind == "paragraph" and (
            block.kind == "list_item" or self._text.endswith(":", lead.start, lead.end)
        )
        if not leads or block.kind in _ALONE or len(current) < 2 or _is_lone_heading(current[:-1]):
            return []
        return [current.pop()] if self._fits(lead, block) else []

    def _cut_under_heading(self, heading: Block, block: Block) -> int | None:
        """Where to cut a block that is too long to follow its heading whole: after a sentence, if any.

        A single sentence is not torn to make room for the heading; the heading then stands alone.
        """
        whole = block.end - block.start <= self._max
        if heading.end - heading.start > self._max or (whole and block.kind in _ALONE):
            return None
        limit = heading.start + self._max
        cut = _last_cut(_SENTENCE, self._text, block.start, block.end, limit)
        if cut is None and not whole and limit - block.start > self._max // 2:
            cut = _last_cut(_WORD, self._text, block.start, block.end, limit)
        return cut[0] if cut else None

    def _pieces(self, block: Block, current: list[Block]) -> list[Block]:
        """The block, cut so that no piece is too long; the first one has to fit after `current`."""
        pieces = []
        start = block.start
        limit = (current[0].start if current else start) + self._max
        while block.end > limit:
            cut = self._cut(start, block.end, limit)
            if cut is None:
                break
            pieces.append(_part(block, start, cut[0]))
            start = cut[1]
            limit = start + self._max
        return [*pieces, _part(block, start, block.end)]

    def _cut(self, start: int, end: int, limit: int) -> tuple[int, int] | None:
        for pattern in (_SENTENCE, _CLAUSE, _WORD):
            if cut := _last_cut(pattern, self._text, start, end, limit):
                return cut
        first_space = _WORD.search(self._text, limit, end)
        return first_space.span() if first_space else None


def _last_cut(pattern: re.Pattern[str], text: str, start: int, end: int, limit: int) -> tuple[int, int] | None:
    """The last gap in text[start:end] that begins at or before `limit`, if any, as (start, end)."""
    last = None
    ordinal = _ORDINAL.match(text, start, end) if pattern is not _WORD else None
    # Looking no further than is needed keeps a block of many megabytes from taking quadratic time.
    for gap in pattern.finditer(text, ordinal.end() if ordinal else start + 1, min(end, limit + _LOOKAHEAD)):
        if gap.start() > limit:
            break
        if after := _VISIBLE.search(text, gap.end(), end):
            last = gap.start(), after.start()
    return last


def _is_lone_heading(blocks: list[Block]) -> bool:
    return len(blocks) == 1 and blocks[0].kind == "heading"


def _part(block: Block, start: int, end: int) -> Block:
    """The block cut down to a span; a cell that the cut goes through goes on in the next piece."""
    if (start, end) == (block.start, block.end):
        return block
    cells = tuple(
        Cell(cell.name, max(cell.start, start), min(cell.end, end))
        for cell in block.cells
        if cell.start < end and cell.end > start
    )
    return replace(block, start=start, end=end, cells=cells)
