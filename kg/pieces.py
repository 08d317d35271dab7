"""The word pieces of all-MiniLM-L6-v2, which every model that began as it reads."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

from kg.embedding import TOKENIZER

#: The positions that the encoder knows, those of [CLS] and [SEP] included.
MAX_PIECES = 256


def pieces_of(words: Sequence[str]) -> list[list[int]]:
    """The numbers of each word's pieces; none for a word that the tokenizer does not see (white space)."""
    # A lone surrogate has no UTF-8 form, which the tokenizer needs.
    clean = [word.encode("utf-8", "replace").decode("utf-8") for word in words]
    encoded = _tokenizer().encode(clean, is_pretokenized=True, add_special_tokens=False)
    pieces: list[list[int]] = [[] for _ in words]
    for piece, word in zip(encoded.ids, encoded.word_ids, strict=True):
        pieces[word].append(piece)
    return pieces


def special(name: str) -> int:
    """The number of a special piece: [CLS], [SEP], [UNK]."""
    return int(_tokenizer().token_to_id(name))


@cache
def _tokenizer() -> Any:
    # Imported by name: it is slow to import and comes without type hints.
    loaded: Any = import_module("tokenizers").Tokenizer.from_str(TOKENIZER.read_text("utf-8"))
    loaded.no_padding()
    loaded.no_truncation()
    return loaded
