"""Passages in parts: where their sentences begin and end, and the terms of each."""

import re
from functools import lru_cache

from kg.terms import terms

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=[\"'“‘(A-Z0-9])|\n\s*\n")


@lru_cache(maxsize=5_000)
def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of the sentences of a passage, without the white space between them."""
    spans, start = [], 0
    for match in [*_SENTENCE_END.finditer(text), None]:
        end = match.start() if match else len(text)
        if text[start:end].strip():
            spans.append((start, end))
        start = match.end() if match else end
    return tuple(spans)


@lru_cache(maxsize=20_000)
def sentence_terms(text: str) -> frozenset[str]:
    """The terms of a sentence: the same ones are looked at while passages are ranked and when they are quoted."""
    return frozenset(terms(text))
