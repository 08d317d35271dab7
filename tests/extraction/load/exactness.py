"""Checks that the tests of every format share."""

import pytest

from extraction.document import LoadedDocument, UnreadableDocument
from extraction.load import load_bytes

LIMIT = 10_000_000


def found(document: LoadedDocument) -> list[tuple[str, int, str]]:
    """The kind, level and text of each block."""
    return [(block.kind, block.level, document.text[block.start : block.end]) for block in document.blocks]


def texts(document: LoadedDocument) -> list[str]:
    """The text of each block."""
    return [document.text[block.start : block.end] for block in document.blocks]


def assert_exact(document: LoadedDocument) -> None:
    reached = 0
    for block in document.blocks:
        assert reached <= block.start < block.end <= len(document.text)
        reached = block.end
        value = document.text[block.start : block.end]
        assert value == value.strip() != ""
        cell_reached = block.start
        for cell in block.cells:
            assert cell_reached <= cell.start < cell.end <= block.end
            cell_reached = cell.end
    assert document.blocks
    assert "\r" not in document.text
    document.text.encode()


def refusal(data: bytes, name: str, max_bytes: int = LIMIT) -> str:
    with pytest.raises(UnreadableDocument) as caught:
        load_bytes(data, name, max_bytes)
    sentence = str(caught.value)
    assert sentence.startswith(name) and sentence.endswith(".") and "\n" not in sentence
    return sentence
