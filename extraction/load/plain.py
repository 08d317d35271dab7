"""Plain text: the text is the file itself, and blank lines, bullets and headings make the blocks."""

from extraction.load.encoding import decode
from extraction.load.lines import blocks_of_lines
from extraction.load.source import Content, Source


def load(source: Source) -> Content:
    """Reads a .txt or .log file. Raises UnreadableDocument if it is not text."""
    text, warnings = decode(source)
    return Content(text, tuple(blocks_of_lines(text, 0, len(text))), warnings=warnings)
