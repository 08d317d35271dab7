"""PDF: the text of each page as PDFium extracts it; blocks are found by the shape of the lines."""

import re
from collections.abc import Iterator
from dataclasses import replace
from threading import Lock

import pypdfium2 as pdfium

from extraction.document import Block
from extraction.load.composer import storable
from extraction.load.lines import blocks_of_lines
from extraction.load.source import Content, Source

_PAGE_GAP = "\n\n"
_PAGE_NUMBER = re.compile(r"(?:page\s+)?\d+(?:\s*(?:/|of)\s*\d+)?", re.IGNORECASE)
_NEEDS_PASSWORD = 4  # FPDF_ERR_PASSWORD
_HYPHEN = "\ufffe"  # PDFium's mark for a hyphen at the end of a line, which it joins with the next

# PDFium must never run in two threads at once.
_PDFIUM = Lock()


def load(source: Source) -> Content:
    """Reads a PDF file; each block has its page, and lone page numbers are in no block.

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
    blocks = tuple(_blocks(text, pages))
    first_heading = next((block for block in blocks if block.kind == "heading"), None)
    title = text[first_heading.start : first_heading.end] if first_heading else ""
    return Content(text, blocks, title)


def _pages(data: bytes) -> Iterator[str]:
    with pdfium.PdfDocument(data) as document:
        for page in document:
            text_page = page.get_textpage()
            yield storable(text_page.get_text_range()).replace(_HYPHEN, "-")
            text_page.close()
            page.close()


def _blocks(text: str, pages: list[str]) -> Iterator[Block]:
    start = 0
    for number, page in enumerate(pages, start=1):
        for block in blocks_of_lines(text, start, start + len(page)):
            if not _PAGE_NUMBER.fullmatch(text, block.start, block.end):
                yield replace(block, page=number)
        start += len(page) + len(_PAGE_GAP)
