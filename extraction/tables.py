"""Facts of table rows, records and "Owner: Maria Lind" lines: the header says the predicate, the row the subject."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from extraction.document import Block, Cell
from extraction.found import FoundFact, FoundMention
from extraction.tag import Tagger
from kg.model import VALUE_TYPES
from kg.ontology import Ontology

_CELL_CONFIDENCE = 0.9
_MAX_VALUE = 200
_LIST = re.compile(r"\s*[;,]\s*(?=[^\d\s])|\s*;\s*")
_KEY_COLUMN = re.compile(r"\b(?:id|identifier|reference|ref|number|no|name|title|key)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """What a header stands for: a predicate, and whether the row is its subject or its object."""

    predicate: str
    inverse: bool
    types: tuple[str, ...]


def column_of(header: str, ontology: Ontology) -> Column:
    """The ontology's predicate for a header; a header that it does not know names an open predicate of its own."""
    words = header.casefold().replace("_", " ").strip()
    for predicate in ontology.predicates.values():
        if words in predicate.columns:
            return Column(predicate.name, False, predicate.range)
        if words in predicate.inverse_columns:
            return Column(predicate.name, True, predicate.domain)
    name = re.sub(r"[^A-Z0-9]+", "_", header.upper()).strip("_")
    return Column(name if re.match(r"[A-Z]", name) else f"COLUMN_{name}".rstrip("_"), False, ())


def find_row_facts(text: str, rows: Sequence[Block], tagger: Tagger) -> list[FoundFact]:
    """Facts of rows with cells; rows with the same headers are one table, whose key column names the rows."""
    tables: dict[tuple[str, ...], list[Block]] = defaultdict(list)
    for row in rows:
        if len(row.cells) > 1:
            tables[_headers(row)].append(row)
    return [fact for table in tables.values() for fact in _table_facts(text, table, tagger)]


def _headers(row: Block) -> tuple[str, ...]:
    return tuple(cell.name for cell in row.cells)


def _table_facts(text: str, rows: Sequence[Block], tagger: Tagger) -> list[FoundFact]:
    key = _key_column(text, rows)
    facts = []
    for row in rows:
        cells = row.cells
        subject = _cell_mention(text, cells[key], _header_types(cells[key].name, tagger.ontology), tagger)
        for position, cell in enumerate(cells):
            if position == key or cell.end - cell.start == 0:
                continue
            column = column_of(cell.name, tagger.ontology)
            for value in _values(text, cell):
                other = _cell_mention(text, value, column.types or _header_types(cell.name, tagger.ontology), tagger)
                pair = (other, subject) if column.inverse else (subject, other)
                facts.append(FoundFact(pair[0], column.predicate, pair[1], row.start, row.end, _CELL_CONFIDENCE))
    return facts


def _key_column(text: str, rows: Sequence[Block]) -> int:
    """The column that tells rows apart: one called id or name if its values differ, else the first that do."""

    def distinct(position: int) -> bool:
        values = [text[row.cells[position].start : row.cells[position].end] for row in rows]
        return len(set(values)) == len(values) and not any(_is_number_or_date(value) for value in values)

    candidates = [position for position in range(len(rows[0].cells)) if distinct(position)]
    named = [position for position in candidates if _KEY_COLUMN.search(rows[0].cells[position].name.replace("_", " "))]
    return (named or candidates or [0])[0]


def _is_number_or_date(value: str) -> bool:
    return re.fullmatch(r"[\d.,:/ TZ+-]*", value) is not None


def _header_types(header: str, ontology: Ontology) -> tuple[str, ...]:
    words = header.casefold().replace("_", " ").split()
    called = {" ".join(words), *words[-1:]}
    return tuple(kind.name for kind in ontology.types.values() if called & set(kind.labels))


def _values(text: str, cell: Cell) -> list[Cell]:
    """The parts of a cell that lists several names; a sentence or a number with commas stays whole."""
    value = text[cell.start : cell.end]
    if len(value) > _MAX_VALUE:
        return []
    parts = _LIST.split(value)
    if len(parts) == 1 or any(len(part.split()) > 4 for part in parts):
        return [cell]
    found, position = [], cell.start
    for part in parts:
        start = text.index(part, position)
        position = start + len(part)
        if part:
            found.append(Cell(cell.name, start, position))
    return found


def _cell_mention(text: str, cell: Cell, expected: tuple[str, ...], tagger: Tagger) -> FoundMention:
    value = text[cell.start : cell.end]
    kind, score = tagger.type_of(value)
    if expected and kind not in expected and (kind in ("Term", "Value", "Person") or kind not in VALUE_TYPES):
        kind = expected[0] if len(expected) == 1 else (kind if kind != "Value" else expected[0])
        score = 0.85
    return FoundMention(cell.start, cell.end, value, kind, score)
