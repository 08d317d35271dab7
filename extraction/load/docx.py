"""Word (.docx): paragraphs and tables in the order of the document; styles tell headings and lists."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import docx
from docx.document import Document
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.styles.style import BaseStyle, ParagraphStyle
from docx.text.paragraph import Paragraph
from lxml import etree

from extraction.load.composer import Composer
from extraction.load.source import Content, Source, in_words

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
# python-docx lets these through for archives that are damaged or hold something else than Word.
_DAMAGE = (
    *(PythonDocxError, OpcError, etree.LxmlError, zipfile.BadZipFile, zlib.error),
    *(KeyError, ValueError, AttributeError, TypeError, IndexError, EOFError, OSError),
    *(NotImplementedError, RuntimeError),
)
# A container whose content stands in the text as if it were not there: controls, tracked insertions.
_TRANSPARENT = tuple(map(qn, ("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:customXml", "w:smartTag")))


def load(source: Source) -> Content:
    """Reads a .docx file: the body, without headers, footers, footnotes and deleted text.

    Raises UnreadableDocument if it is damaged, encrypted, an old .doc, or unpacks to more than
    source.max_bytes.
    """
    if source.data.startswith(_OLD_OFFICE):
        raise source.refusal("is password-protected or an old .doc; save it as .docx without a password.")
    try:
        _refuse_bomb(source)
        return _read(docx.Document(io.BytesIO(source.data)))
    except _DAMAGE as error:
        raise source.refusal("cannot be read as Word .docx; open it in Word and save it again.") from error


def _refuse_bomb(source: Source) -> None:
    with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > source.max_bytes:
        raise source.refusal(
            f"unpacks to {in_words(unpacked)}, more than the limit of {in_words(source.max_bytes)};"
            " raise EVIGRAPH_MAX_FILE_MB or split the file."
        )


def _read(document: Document) -> Content:
    composer = Composer()
    for element in _inner(document.element.body):
        if element.tag == qn("w:tbl"):
            composer.add_table(list(_rows(element)))
        else:
            _add_paragraph(composer, Paragraph(element, document._body), element)
    return composer.content((document.core_properties.title or "").strip())


def _inner(container: Any) -> Iterator[Any]:
    """The paragraphs and tables of a body or cell, also those within controls and insertions."""
    for child in container:
        if child.tag in (qn("w:p"), qn("w:tbl")):
            yield child
        elif child.tag in _TRANSPARENT:
            yield from _inner(child)


def _add_paragraph(composer: Composer, paragraph: Paragraph, element: Any) -> None:
    text = " ".join(_text(element).split())
    names = [style.name or "" for style in _styles(paragraph.style)]
    if level := next(filter(None, map(_heading_level, names)), 0):
        composer.add("heading", text, level)
    elif (properties := element.pPr) is not None and properties.numPr is not None:
        depth = properties.numPr.ilvl
        composer.add("list_item", text, 1 if depth is None else depth.val + 1)
    elif listed := next((name for name in names if name.startswith("List") and name != "List"), ""):
        composer.add("list_item", text, _trailing_digit(listed) or 1)
    else:
        composer.add("paragraph", text)


def _styles(style: ParagraphStyle | BaseStyle | None) -> Iterator[BaseStyle]:
    """A style and those that it is based on; a company's own "Clause heading" is often a Heading 2."""
    seen: set[str] = set()
    while style is not None and style.style_id not in seen:
        yield style
        seen.add(style.style_id)
        style = getattr(style, "base_style", None)


def _heading_level(style_name: str) -> int:
    if style_name == "Title":
        return 1
    return min(_trailing_digit(style_name), 6) if style_name.startswith("Heading ") else 0


def _trailing_digit(style_name: str) -> int:
    last = style_name.rpartition(" ")[2]
    return int(last) if last.isascii() and last.isdigit() else 0


def _rows(table: Any) -> Iterator[list[str]]:
    """The rows' texts column by column; a cell merged downwards is repeated in each of its rows."""
    above: list[str] = []
    for row in table.iterchildren(qn("w:tr")):
        texts: list[str] = []
        for cell in row.tc_lst:
            merged = cell.vMerge == "continue" and len(texts) < len(above)
            texts.append(above[len(texts)] if merged else " ".join(_text(cell).split()))
            texts.extend("" for _ in range(cell.grid_span - 1))
        above = texts
        yield texts


def _text(element: Any) -> str:
    """All text under an element. Deleted text has a tag of its own (w:delText) and is not read."""
    parts = []
    for node in element.iter(*map(qn, ("w:t", "w:tab", "w:br", "w:cr", "w:noBreakHyphen", "w:p"))):
        # A text box stands twice in the file: once as a drawing and once for old versions of Word.
        if any(outer.tag.endswith("}Fallback") for outer in node.iterancestors() if outer is not element):
            continue
        if node.tag == qn("w:t"):
            parts.append(node.text or "")
        else:
            parts.append("-" if node.tag == qn("w:noBreakHyphen") else " ")
    return "".join(parts)
