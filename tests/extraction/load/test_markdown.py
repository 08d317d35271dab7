"""Markdown."""

from exactness import LIMIT, assert_exact, found, texts

from extraction.document import LoadedDocument
from extraction.load import load_bytes

HANDBOOK = """\
---
title: "Staff handbook"
---
Handbook
========

Welcome, **all**.
Second line.

## Leave ##

- thirty days
  a year
  1. of which ten in summer
- [ ] unpaid leave

> Quoted advice
> goes on.

| Role | Days \\| year |
|------|:----:|
| Boss | 30 |
| Temp |   |

<!-- a remark -->

```python
print("hi")
```

[link]: http://example.org
"""


def load(text: str) -> LoadedDocument:
    document = load_bytes(text.encode(), "handbook.md", LIMIT)
    assert document.text == text
    if document.blocks:
        assert_exact(document)
    return document


def test_blocks_leave_out_the_marks() -> None:
    document = load(HANDBOOK)
    assert document.title == "Handbook"
    assert found(document) == [
        ("heading", 1, "Handbook"),
        ("paragraph", 0, "Welcome, **all**.\nSecond line."),
        ("heading", 2, "Leave"),
        ("list_item", 1, "thirty days\n  a year"),
        ("list_item", 2, "of which ten in summer"),
        ("list_item", 1, "[ ] unpaid leave"),
        ("paragraph", 0, "Quoted advice\n> goes on."),
        ("table_row", 0, "Boss | 30"),
        ("table_row", 0, "Temp"),
        ("paragraph", 0, 'print("hi")'),
    ]


def test_table_cells_carry_the_names_of_their_columns() -> None:
    document = load(HANDBOOK)
    row = next(block for block in document.blocks if block.kind == "table_row")
    cells = [(cell.name, HANDBOOK[cell.start : cell.end]) for cell in row.cells]
    assert cells == [("Role", "Boss"), ("Days \\| year", "30")]


def test_front_matter_gives_the_title_where_no_heading_does() -> None:
    assert load("---\ntitle: Leave rules\nowner: HR\n---\n\nThirty days.").title == "Leave rules"
    assert load("## Small\n\nThirty days.").title == "handbook"


def test_a_fence_that_is_never_closed_and_a_list_in_a_quote() -> None:
    document = load("> - one\n> - two\n\n~~~\ncode\nmore")
    assert texts(document) == ["one", "two", "code\nmore"]


def test_a_table_without_outer_bars() -> None:
    document = load("Name | Age\n--- | ---\nAda | 36")
    assert [(cell.name, document.text[cell.start : cell.end]) for cell in document.blocks[0].cells] == [
        ("Name", "Ada"),
        ("Age", "36"),
    ]
