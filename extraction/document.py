"""What a loaded document is: its text, and the blocks that its format tells us about."""

from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["heading", "paragraph", "list_item", "table_row", "record"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A column's header and the span of its value, in characters of the document's text."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A span of the document's text, in characters, without white space at either end.

    `level` is 1 to 6 for a heading, the nesting depth (from 1) for a list item and 0 otherwise.
    `page` counts from 1 and is None where the format has no pages. Cells lie within the span.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    page: int | None = None
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """One file, read: `blocks` are in the text's order and do not overlap.

    `sha256` is the hex digest of the file's bytes; `warnings` are sentences for the person
    who loaded the file, about what was left out or guessed; `left_out` counts the parts that could not be read.
    """

    name: str
    title: str
    media_type: str
    sha256: str
    text: str
    blocks: tuple[Block, ...]
    warnings: tuple[str, ...] = ()
    left_out: int = 0


class UnreadableDocument(Exception):
    """A file that cannot be loaded; str() is one sentence naming the file and the mend."""
