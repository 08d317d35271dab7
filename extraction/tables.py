"""Facts of table rows, records and "Owner: Maria Lind" lines: the header says the predicate, the row the subject."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extraction.document import Block, Cell
from extraction.found import FoundAlias, FoundFact, FoundMention
from extraction.tag import Tagger
from kg.model import VALUE_TYPES
from kg.ontology import Ontology

_CELL_CONFIDENCE = 0.9
_MAX_VALUE = 200
_LIST = re.compile(r"\s*[;,]\s*(?=[^\d\s])|\s*;\s*")
_ID_COLUMN = re.compile(r"\b(?:id|identifier|reference|ref|number|no|key)\b", re.IGNORECASE)
_FIELD_TABLES = {
    ("field", "value"),
    ("attribute", "value"),
    ("property", "value"),
    ("item", "details"),
    ("key", "value"),
}
_MAX_KEY = 80


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
    return Column(_open_predicate(header), False, ())


def _open_predicate(header: str) -> str:
    """A predicate made of a header: without accents, and with a mark of its own where other letters had to go.

    "Größe (m²)" is GROSSE_M2; "所有者" is COLUMN_ and six digits that no other header has.
    """
    plain = unicodedata.normalize("NFKD", header.casefold()).upper()
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    name = re.sub(r"[^A-Z0-9]+", "_", letters).strip("_")
    if not re.match(r"[A-Z]", name):
        name = f"COLUMN_{name}".rstrip("_")
    lost = any(character.isalnum() and not character.isascii() for character in letters)
    if lost or (name == "COLUMN" and header.split()):
        told = " ".join(unicodedata.normalize("NFKC", header).casefold().split())
        name += f"_{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()[:6].upper()}"
    return name


def find_row_facts(
    text: str, rows: Sequence[Block], about: FoundMention | None, tagger: Tagger
) -> tuple[list[FoundFact], list[FoundAlias]]:
    """Facts of rows with cells, and the ids that rows give to what they name.

    Rows with the same headers are one table. A "Field | Value" table speaks of the document's own subject, `about`.
    """
    tables: dict[tuple[str, ...], list[Block]] = defaultdict(list)
    for row in rows:
        if len(row.cells) > 1:
            tables[tuple(cell.name for cell in row.cells)].append(row)
    facts: list[FoundFact] = []
    aliases: list[FoundAlias] = []
    for headers, table in tables.items():
        if tuple(header.casefold() for header in headers) in _FIELD_TABLES:
            facts += [fact for row in table if about for fact in _field_facts(text, row, about, tagger)]
            continue
        key = _key_columns(text, table)
        for row in table:
            if row.cells[key[0]].end - row.cells[key[0]].start > _MAX_VALUE:
                continue  # a text, not a name
            subject = _cell_mention(text, row.cells[key[0]], _header_types(headers[key[0]], tagger.ontology), tagger)
            aliases += [
                FoundAlias(subject, _cell_mention(text, row.cells[at], (subject.type,), tagger)) for at in key[1:]
            ]
            others = [cell for at, cell in enumerate(row.cells) if at not in key]
            facts += [fact for cell in others for fact in cell_facts(text, cell, subject, row, tagger)]
    return facts, aliases


def cell_facts(text: str, cell: Cell, subject: FoundMention, row: Block, tagger: Tagger) -> Iterator[FoundFact]:
    """The facts of one cell: its header says the predicate, `subject` is what the row speaks of."""
    column = column_of(cell.name, tagger.ontology)
    for value in _values(text, cell):
        other = _cell_mention(text, value, column.types or _header_types(cell.name, tagger.ontology), tagger)
        pair = (other, subject) if column.inverse else (subject, other)
        yield FoundFact(pair[0], column.predicate, pair[1], row.start, row.end, _CELL_CONFIDENCE)


def _field_facts(text: str, row: Block, about: FoundMention, tagger: Tagger) -> Iterator[FoundFact]:
    field, value = row.cells
    named = Cell(text[field.start : field.end], value.start, value.end)
    return cell_facts(text, named, about, row, tagger)


def _key_columns(text: str, rows: Sequence[Block]) -> tuple[int, ...]:
    """The column that names the rows, then the one that holds another id of the same thing, if there is one."""

    def distinct(position: int) -> bool:
        values = [text[row.cells[position].start : row.cells[position].end] for row in rows]
        short = all(len(value) <= _MAX_KEY for value in values)
        return short and len(set(values)) == len(values) and not any(_is_number_or_date(value) for value in values)

    candidates = [position for position in range(len(rows[0].cells)) if distinct(position)]
    first = (candidates or [0])[0]
    named = first + 1
    # "system_id, system_name": the second column names what the first one numbers.
    if named in candidates and _ID_COLUMN.search(rows[0].cells[first].name.replace("_", " ")):
        return named, first
    return (first,)


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
    wanted = not expected or any(tagger.ontology.is_a(kind, item) for item in expected)
    if not wanted and (kind in ("Term", "Value", "Person") or kind not in VALUE_TYPES):
        kind = expected[0] if len(expected) == 1 else (kind if kind != "Value" else expected[0])
        score = 0.85
    return FoundMention(cell.start, cell.end, value, kind, score)
