"""CSV and TSV: the first row names the columns, each later row is a record."""

import csv
import io
from collections.abc import Iterator

from extraction.load.composer import Composer, named
from extraction.load.encoding import decode
from extraction.load.source import Content, Source

_DELIMITERS = ",;\t|"
_SAMPLE_CHARS = 16 * 1024


def load_csv(source: Source) -> Content:
    """Reads a .csv file, whatever of comma, semicolon, tab or bar it is delimited by.

    Raises UnreadableDocument if it is not text, has no rows, or has a quote that is never closed.
    """
    text, warnings = decode(source)
    return _load(source, text, _delimiter(text), warnings)


def load_tsv(source: Source) -> Content:
    """Reads a .tsv file. Raises UnreadableDocument as load_csv does."""
    text, warnings = decode(source)
    return _load(source, text, "\t", warnings)


def _delimiter(text: str) -> str:
    header, _, _ = text.lstrip().partition("\n")
    sample = text[:_SAMPLE_CHARS]
    try:
        sniffed = csv.Sniffer().sniff(sample, delimiters=_DELIMITERS).delimiter
    except csv.Error:
        sniffed = ","
    # The sniffer may settle on a character of the prose in the cells: the header has to have it too.
    return sniffed if sniffed in header else max(_DELIMITERS, key=header.count)


def _load(source: Source, text: str, delimiter: str, warnings: tuple[str, ...]) -> Content:
    rows = _rows(source, text, delimiter)
    _, header = next(rows, (0, []))
    composer = Composer()
    for warning in warnings:
        composer.warn(warning)
    for line, row in rows:
        if len(row) != len(header):
            composer.warn(f"line {line} has {len(row)} cells where the header has {len(header)}")
        composer.add_row("record", named(header, row))
    content = composer.content()
    if header and not content.blocks:
        raise source.refusal("holds a header line but no rows; add rows or leave it out.")
    return content


def _rows(source: Source, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that has any value, with the number of the line on which it ends."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as error:
        # The reader's own limit of 128 KB a cell: a quote that is never closed swallows all that follows.
        raise source.refusal(
            f"has a cell near line {reader.line_num} that does not end; close its quotation mark."
        ) from error
