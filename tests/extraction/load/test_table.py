"""CSV and TSV."""

import csv
import io

import pytest
from exactness import LIMIT, assert_exact, refusal, texts
from hypothesis import given
from hypothesis import strategies as st

from extraction.document import LoadedDocument
from extraction.load import load_bytes

CELL = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"))


def load(text: str, name: str = "a.csv") -> LoadedDocument:
    document = load_bytes(text.encode(), name, LIMIT)
    assert_exact(document)
    return document


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_row_is_a_record_whatever_the_delimiter(delimiter: str) -> None:
    text = 'Name,City,Note\nAda,London,"hi, ""you"""\nBob,,'.replace(",", delimiter)
    document = load(text)
    assert texts(document) == [
        f'Name: Ada; City: London; Note: hi{delimiter} "you"',
        "Name: Bob",
    ]
    assert {block.kind for block in document.blocks} == {"record"}
    assert [cell.name for cell in document.blocks[0].cells] == ["Name", "City", "Note"]


def test_a_tsv_keeps_its_commas() -> None:
    assert texts(load("Name\tPlace\nAda\tLondon, UK", "a.tsv")) == ["Name: Ada; Place: London, UK"]


def test_one_column_of_prose() -> None:
    assert texts(load("Remark\nWell; all is fine\nOh; good")) == [
        "Remark: Well; all is fine",
        "Remark: Oh; good",
    ]


def test_ragged_rows_are_kept_with_a_warning() -> None:
    document = load("a,b\n1\n1,2,3\n\n4,5")
    assert texts(document) == ["a: 1", "a: 1; b: 2; column 3: 3", "a: 4; b: 5"]
    assert document.warnings == (
        "line 2 has 1 cells where the header has 2",
        "line 3 has 3 cells where the header has 2",
    )


def test_many_warnings_are_summed_up() -> None:
    document = load("a,b\n" + "1\n" * 50)
    assert len(document.warnings) == 21
    assert document.warnings[-1] == "and 30 more warnings like these"


def test_a_header_alone_is_refused() -> None:
    assert "holds a header line but no rows" in refusal(b"a,b\n", "a.csv")


def test_a_quotation_mark_that_is_never_closed_is_refused() -> None:
    assert "has a cell near line 3 that does not end; close its quotation mark" in refusal(
        b'a,b\n1,2\n"' + b"x" * 140_000, "a.csv"
    )


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1))
def test_every_value_is_in_its_cell(rows: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([["x", "y"], ["1", "2"], *rows])
    document = load(written.getvalue())
    expected = [cell.strip() for row in rows for cell in row if cell.strip()]
    cells = [cell for block in document.blocks[1:] for cell in block.cells]
    assert [document.text[cell.start : cell.end] for cell in cells] == expected
