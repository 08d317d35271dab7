"""PDF: the text of each page as PDFium extracts it; blocks are found by the shape of the lines."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from threading import Lock

import pypdfium2 as pdfium

from extraction.document import Block
from extraction.load.composer import storable
from extraction.load.lines import blocks_of_lines
from extraction.load.source import Content, Source

_PAGE_GAP = "\n\n"
_MAX_TITLE = 100
_PAGE_NUMBER = re.compile(r"(?:page\s+)?\d+(?:\s*(?:/|of)\s*\d+)?", re.IGNORECASE)
_NEEDS_PASSWORD = 4  # FPDF_ERR_PASSWORD
_HYPHEN = "\ufffe"  # PDFium's mark for a hyphen at the end of a line, which it joins with the next

# PDFium must never run in two threads at once.
_PDFIUM = Lock()


def load(source: Source) -> Content:
    """Reads a PDF file; each block has its page; lone page numbers, running headers and footers are in no block.

    Raises UnreadableDocument if it is damaged, needs a password, or holds no text.
    """
    try:
        with _PDFIUM:
            pages = list(_pages(source.data))
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _NEEDS_PASSWORD:
            raise source.refusal("needs a password; save a copy without one.") from error
        raise source.refusal("cannot be read as PDF (damaged?); open it and save it again.") from error
    if not any(map(str.strip, pages)):
        raise source.refusal("holds no text (a scan?); run it through OCR first.")
    text = _PAGE_GAP.join(pages)
    running = _running_lines(pages)
    return Content(text, tuple(_blocks(text, pages, running)), _title(pages[0], running))


def _pages(data: bytes) -> Iterator[str]:
    with pdfium.PdfDocument(data) as document:
        for page in document:
            text_page = page.get_textpage()
            yield storable(text_page.get_text_range()).replace(_HYPHEN, "-")
            text_page.close()
            page.close()


def _blocks(text: str, pages: list[str], running: set[str]) -> Iterator[Block]:
    start = 0
    for number, page in enumerate(pages, start=1):
        begin, end = _body(page, running)
        for block in blocks_of_lines(text, start + begin, start + end):
            if not _PAGE_NUMBER.fullmatch(text, block.start, block.end):
                yield replace(block, page=number)
        start += len(page) + len(_PAGE_GAP)


def _running_lines(pages: list[str]) -> set[str]:
    """Headers and footers: first and last lines, numbers aside, that most pages share."""
    ends = [
        {_unnumbered(line) for line in (lines[0], lines[-1])} for page in pages if (lines := page.strip().splitlines())
    ]
    counts = Counter(line for page in ends for line in page)
    return {line for line, count in counts.items() if count > 1 and 2 * count > len(pages)}


def _body(page: str, running: set[str]) -> tuple[int, int]:
    """The span of a page without its running header and footer."""
    spans = [match.span() for match in re.finditer(r"[^\n]*\S[^\n]*", page)]
    while spans and _unnumbered(page[slice(*spans[0])]) in running:
        spans.pop(0)
    while spans and _unnumbered(page[slice(*spans[-1])]) in running:
        spans.pop()
    return (spans[0][0], spans[-1][1]) if spans else (0, 0)


def _title(page: str, running: set[str]) -> str:
    """The first line of the first page that is neither a running header nor a numbered heading, if it is short."""
    for line in page.splitlines():
        if line.strip() and _unnumbered(line) not in running:
            short = len(line) <= _MAX_TITLE and any(character.isalpha() for character in line)
            return line.strip() if short and not line.strip()[0].isdigit() else ""
    return ""


def _unnumbered(line: str) -> str:
    return re.sub(r"\d+", "#", line.strip())
