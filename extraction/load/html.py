"""HTML: what a reader sees, without navigation; blocks are the block-level elements."""

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from extraction.document import BlockKind
from extraction.load.composer import Composer
from extraction.load.encoding import decode
from extraction.load.source import Content, Source

_UNSEEN = frozenset(
    (
        *("script", "style", "template", "noscript", "nav", "head", "svg", "math"),
        *("iframe", "object", "audio", "video", "canvas", "select", "textarea", "button"),
        *("datalist"),
    )
)
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details"),
        *("dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr"),
        *("html", "legend", "li", "main", "ol", "p", "pre", "section", "summary"),
        *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    )
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_DECLARED = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_DECLARATION_BYTES = 1024
# Browsers read Latin-1 as Windows-1252, and a UTF-16 declared in ASCII cannot be true.
_MEANT = {"iso-8859-1": "windows-1252", "latin1": "windows-1252", "us-ascii": "windows-1252"}
_UNTRUE = ("utf-16", "utf-32")
# libxml2 drops a stray </br>, and with it the space between two words, and all that follows </html>.
_CLOSED_BREAK = re.compile("</br", re.IGNORECASE)
_CLOSED_PAGE = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
_MOST_COLUMNS = 1000


def load(source: Source) -> Content:
    """Reads an HTML file; <title> is its title where there is no h1.

    Raises UnreadableDocument if it is not text.
    """
    text, warnings = decode(source, _declared_encoding(source.data))
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    writer = _Writer()
    for warning in warnings:
        writer.composer.warn(warning)
    if not text.strip():
        return writer.composer.content()
    try:
        markup = _CLOSED_PAGE.sub("", _CLOSED_BREAK.sub("<br", text))
        root = document_fromstring(markup.encode(), parser=parser)
    except etree.ParserError:  # nothing but comments
        return writer.composer.content()
    if any("Excessive depth" in entry.message for entry in parser.error_log):
        writer.composer.warn("elements are nested too deeply; what follows them was left out", left_out=True)
    writer.write(root)
    return writer.composer.content(" ".join((root.findtext(".//title") or "").split()))


def _declared_encoding(data: bytes) -> str | None:
    declared = _DECLARED.search(data, 0, _DECLARATION_BYTES)
    name = declared[1].decode("ascii").lower() if declared else ""
    return None if not name or name.startswith(_UNTRUE) else _MEANT.get(name, name)


class _Writer:
    """Walks the tree and hands each block-level element's own text to the composer."""

    def __init__(self) -> None:
        self.composer = Composer()
        self._pending: list[str] = []
        self._kinds: list[tuple[BlockKind, int]] = [("paragraph", 0)]
        self._lists = 0

    def write(self, root: HtmlElement) -> None:
        """Adds every block under `root`; without recursion, as sloppy pages nest thousands deep."""
        steps: list[tuple[HtmlElement, bool]] = [(root, True)]
        while steps:
            element, opening = steps.pop()
            if not opening:
                self._close(element)
            elif _is_unseen(element) or (element.tag == "table" and self._data_table(element)):
                pass
            else:
                self._open(element)
                steps.append((element, False))
                steps.extend((child, True) for child in reversed(element))
                continue
            if element is not root:
                self._pending.append(element.tail or "")
        self._flush()

    def _open(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._flush()
        self._lists += tag in ("ul", "ol")
        if tag in _HEADINGS:
            self._kinds.append(("heading", _HEADINGS[tag]))
        elif tag == "li":
            self._kinds.append(("list_item", max(self._lists, 1)))
            self._pending.append(_number(element))
        self._pending.append(" " if tag == "br" else element.text or "")

    def _close(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._flush()
        self._lists -= tag in ("ul", "ol")
        if tag in _HEADINGS or tag == "li":
            self._kinds.pop()

    def _flush(self) -> None:
        kind, level = self._kinds[-1]
        self.composer.add(kind, " ".join("".join(self._pending).split()), level)
        self._pending.clear()

    def _data_table(self, table: HtmlElement) -> bool:
        """Writes a table of data and tells so; one that lays out the page is left to be walked."""
        rows = list(table.iter("tr"))
        layout = table.xpath("boolean(.//table | .//h1 | .//h2 | .//h3 | .//h4 | .//ul | .//ol)")
        if layout or (len(rows) < 2 and not table.xpath("boolean(.//th)")):
            return False
        self._flush()
        for caption in table.iter("caption"):
            self.composer.add("paragraph", _seen_text(caption))
        grid = list(_grid(rows))
        if all(_is_named_row(row) for row in rows):
            for row in grid:
                self.composer.add_row("table_row", [(row[0], " ".join(row[1:]))])
        else:
            self.composer.add_table(grid)
        return True


def _grid(rows: list[HtmlElement]) -> Iterator[list[str]]:
    """The rows' texts column by column, with cells that span rows or columns repeated in each row."""
    carried: dict[int, tuple[int, str]] = {}
    for row in rows:
        texts: list[str] = []
        for cell in row.iterchildren("td", "th"):
            _take_carried(carried, texts)
            text, down = _seen_text(cell), _count(cell, "rowspan")
            for offset in range(_count(cell, "colspan")):
                if down > 1:
                    carried[len(texts)] = (down - 1, text if not offset else "")
                texts.append("" if offset else text)
        _take_carried(carried, texts)
        yield texts


def _take_carried(carried: dict[int, tuple[int, str]], texts: list[str]) -> None:
    while (above := carried.pop(len(texts), None)) is not None:
        rows_left, text = above
        if rows_left > 1:
            carried[len(texts)] = (rows_left - 1, text)
        texts.append(text)


def _count(cell: HtmlElement, attribute: str) -> int:
    value = cell.get(attribute, "").strip()
    return max(1, min(int(value), _MOST_COLUMNS)) if value.isascii() and value.isdigit() else 1


def _is_named_row(row: HtmlElement) -> bool:
    """Whether a row reads "name, value": a header cell, then a cell that is none."""
    return [cell.tag for cell in row.iterchildren("td", "th")] == ["th", "td"]


def _number(item: HtmlElement) -> str:
    """An item's number as the reader sees it ("3. "), for an ordered list."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return ""
    start = parent.get("start", "1").strip()
    first = int(start) if start.isascii() and start.isdigit() else 1
    return f"{first + sum(1 for _ in item.itersiblings('li', preceding=True))}. "


def _seen_text(element: HtmlElement) -> str:
    """All text under an element, white space collapsed; block-level elements and breaks part words."""
    parts: list[str] = []
    unseen: HtmlElement | None = None
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start" and unseen is None:
            if _is_unseen(node):
                unseen = node
            else:
                parts.append((" " if node.tag in _BLOCKS or node.tag == "br" else "") + (node.text or ""))
        elif event == "end":
            unseen = None if unseen is node else unseen
            if unseen is None and node is not element:
                parts.append((" " if node.tag in _BLOCKS else "") + (node.tail or ""))
    return " ".join("".join(parts).split())


def _is_unseen(element: HtmlElement) -> bool:
    return (
        element.tag in _UNSEEN
        or not isinstance(element.tag, str)
        or "hidden" in element.attrib
        or element.get("aria-hidden") == "true"
        or bool(_HIDDEN_STYLE.search(element.get("style", "")))
    )
