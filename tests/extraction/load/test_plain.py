"""Plain text."""

from exactness import LIMIT, assert_exact
from hypothesis import given
from hypothesis import strategies as st

from extraction.load import load_bytes

POLICY = """\
DATA RETENTION

1. Scope

This policy covers all customer records held by
Acme Ltd and its subsidiaries. It does not cover
72 hours of backup tapes.

The following are kept:

- invoices, for ten years
- contracts,
  for six years
(a) anything else for one year

Article 5 Deletion
Records are deleted by the records manager.
"""


def test_blank_lines_bullets_and_headings_make_the_blocks() -> None:
    document = load_bytes(POLICY.encode(), "policy.txt", LIMIT)
    assert document.text == POLICY
    assert document.title == "DATA RETENTION"
    assert [(block.kind, block.level, POLICY[block.start : block.end][:20]) for block in document.blocks] == [
        ("heading", 1, "DATA RETENTION"),
        ("heading", 1, "1. Scope"),
        ("paragraph", 0, "This policy covers a"),
        ("paragraph", 0, "The following are ke"),
        ("list_item", 1, "invoices, for ten ye"),
        ("list_item", 1, "contracts,\n  for six"),
        ("list_item", 1, "(a) anything else fo"),
        ("heading", 3, "Article 5 Deletion"),
        ("paragraph", 0, "Records are deleted "),
    ]


def test_numbered_lines_one_after_another_are_a_list() -> None:
    document = load_bytes(b"1. Apples\n2. Pears\n3. Plums", "a.txt", LIMIT)
    assert [block.kind for block in document.blocks] == ["list_item"] * 3


def test_a_sentence_alone_is_a_paragraph_and_so_is_the_last_line() -> None:
    document = load_bytes(b"Marie Curie discovered radium.\n\nMarie Curie", "a.txt", LIMIT)
    assert [block.kind for block in document.blocks] == ["paragraph", "paragraph"]


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), min_size=1))
def test_every_visible_character_but_bullets_is_in_a_block(text: str) -> None:
    data = ("x" + text).encode()
    document = load_bytes(data, "a.txt", LIMIT)
    assert_exact(document)
    assert document.text == "x" + text
    covered = "".join(document.text[block.start : block.end] for block in document.blocks)
    outside = len("".join(document.text.split())) - len("".join(covered.split()))
    assert outside == sum(
        document.text[: block.start].rstrip("\t ").endswith(tuple("-*+•‣▪●◦—\u2013"))
        and document.text[block.start - 1].isspace()
        and block.kind == "list_item"
        for block in document.blocks
    )
