"""Passages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.document import Block, BlockKind, Cell, LoadedDocument
from extraction.load import load_bytes
from extraction.split import PassageSpan, split

LIMIT = 10_000_000
KINDS: list[BlockKind] = ["heading", "paragraph", "list_item", "table_row", "record"]
WORDS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60)


def markdown(text: str) -> LoadedDocument:
    return load_bytes(text.encode(), "a.md", LIMIT)


def texts(document: LoadedDocument, max_chars: int = 1000) -> list[str]:
    return [document.text[passage.start : passage.end] for passage in split(document, max_chars)]


def built(parts: list[tuple[BlockKind, str]]) -> LoadedDocument:
    text, blocks = "", []
    for number, (kind, value) in enumerate(parts):
        start = len(text)
        text += value
        blocks.append(Block(kind, start, len(text), level=number % 6 + 1 if kind == "heading" else 0))
        text += "\n\n"
    return LoadedDocument("a.txt", "a", "text/plain", "", text, tuple(blocks))


def test_a_section_is_packed_with_its_heading_and_path() -> None:
    document = markdown("# Law\n\n## Article 1\n\nFirst.\n\nSecond.\n\n## Article 2\n\nThird.\n")
    passages = split(document)
    assert [(passage.ordinal, passage.heading) for passage in passages] == [
        (0, "Law"),
        (1, "Law > Article 1"),
        (2, "Law > Article 2"),
    ]
    assert texts(document) == ["Law", "Article 1\n\nFirst.\n\nSecond.", "Article 2\n\nThird."]
    assert [len(passage.blocks) for passage in passages] == [1, 3, 2]


def test_text_before_any_heading_has_no_path() -> None:
    assert split(markdown("Hello.\n\n# Law\n\nFirst."))[0].heading == ""


def test_rows_and_records_stand_alone() -> None:
    document = load_bytes(b"a,b\n1,2\n3,4", "a.csv", LIMIT)
    assert texts(document) == ["a: 1; b: 2", "a: 3; b: 4"]
    document = markdown("Before.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\nAfter.")
    assert texts(document) == ["Before.", "1 | 2", "3 | 4", "After."]


def test_a_lead_in_stays_with_its_first_items() -> None:
    document = markdown("# L\n\nSome words here first.\n\nThe rules are:\n\n- one rule\n- two rule\n")
    assert texts(document, 45) == ["L\n\nSome words here first.", "The rules are:\n\n- one rule\n- two rule"]


def test_a_long_block_is_cut_after_sentences() -> None:
    document = markdown("One two three. Four five (No. 7) six. Seven eight nine.")
    assert texts(document, 40) == ["One two three. Four five (No. 7) six.", "Seven eight nine."]


def test_a_long_block_under_a_heading_keeps_the_heading() -> None:
    document = markdown("# Title\n\nOne two three. Four five six. Seven.")
    assert texts(document, 30) == ["Title\n\nOne two three.", "Four five six. Seven."]


def test_a_sentence_is_not_torn_to_make_room_for_its_heading() -> None:
    document = markdown("# Some title\n\nOne two three four five six.")
    assert texts(document, 30) == ["Some title", "One two three four five six."]


def test_an_ordinal_is_not_cut_from_its_sentence() -> None:
    document = load_bytes(b"<p>73. One two three four; five six seven eight nine ten</p>", "a.html", LIMIT)
    assert texts(document, 30) == ["73. One two three four;", "five six seven eight nine ten"]


def test_a_long_word_stays_whole() -> None:
    assert texts(markdown("aa bb " + "x" * 50 + " cc dd"), 10) == ["aa bb", "x" * 50, "cc dd"]


def test_a_cut_row_keeps_its_cells_in_their_pieces() -> None:
    document = load_bytes(b"a,b,c\none two,three four,five six seven", "a.csv", LIMIT)
    passages = split(document, 15)
    cells = [
        (cell.name, document.text[cell.start : cell.end])
        for passage in passages
        for block in passage.blocks
        for cell in block.cells
    ]
    assert cells == [("a", "one two"), ("b", "three four"), ("c", "five six"), ("c", "seven")]


def test_a_passage_is_on_the_page_of_its_first_block() -> None:
    blocks = (Block("paragraph", 0, 3, page=4), Block("paragraph", 5, 8, page=5))
    document = LoadedDocument("a.pdf", "a", "application/pdf", "", "One\n\nTwo", blocks)
    assert split(document) == [PassageSpan(0, 0, 8, 4, "", blocks)]


def test_no_room_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        split(markdown("a"), 0)


@given(
    st.lists(st.tuples(st.sampled_from(KINDS), WORDS.map(str.strip).filter(bool))),
    st.integers(min_value=1, max_value=120),
)
def test_every_character_is_in_one_passage_of_the_right_size(
    parts: list[tuple[BlockKind, str]], max_chars: int
) -> None:
    document = built(parts)
    passages = split(document, max_chars)
    reached = 0
    for ordinal, passage in enumerate(passages):
        value = document.text[passage.start : passage.end]
        assert passage.ordinal == ordinal
        assert reached <= passage.start < passage.end
        assert value == value.strip() != ""
        assert len(value) <= max_chars or len(value.split()) == 1
        assert all(block.kind != "heading" for block in passage.blocks[1:])
        assert (passage.start, passage.end) == (passage.blocks[0].start, passage.blocks[-1].end)
        alone = [block for block in passage.blocks if block.kind in ("record", "table_row")]
        assert not alone or len([block for block in passage.blocks if block.kind != "heading"]) == 1
        reached = passage.end
    covered = {at for passage in passages for at in range(passage.start, passage.end)}
    for block in document.blocks:
        assert all(at in covered or document.text[at].isspace() for at in range(block.start, block.end))


def test_cells_are_shared_out_without_loss() -> None:
    text = "name: " + "word " * 40 + "end"
    block = Block("record", 0, len(text), cells=(Cell("name", 6, len(text)),))
    document = LoadedDocument("a.csv", "a", "text/csv", "", text, (block,))
    words = [
        word
        for passage in split(document, 50)
        for cell in passage.blocks[0].cells
        for word in text[cell.start : cell.end].split()
    ]
    assert words == ["word"] * 40 + ["end"]
