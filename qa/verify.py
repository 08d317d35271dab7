"""Verification: every quote is the document's own text, and every sentence cites evidence that exists."""

import re
from collections.abc import Sequence

from qa.answer import Citation
from qa.recorder import Recorder

_CHANGED = "Citation [{}] is no longer what its document says; the documents changed meanwhile, so ask again."
_MARK = re.compile(r"\[(\d+)\]")
_SENTENCE = re.compile(r"(?<=[.!?\]])\s+(?=[A-ZÀ-Ý\d“\"*-])|\n+")


class UnverifiedAnswer(Exception):
    """The answer does not hold up; the message says which part."""


def verify_quotes(citations: Sequence[Citation], recorder: Recorder) -> None:
    """Look every cited passage up again and compare. Raises `UnverifiedAnswer`."""
    ids = sorted({citation.passage_id for citation in citations})
    passages = {row["id"]: row for row in recorder.run("passages_by_id", passage_ids=ids)} if ids else {}
    for citation in citations:
        passage = passages.get(citation.passage_id)
        if passage is None:
            raise UnverifiedAnswer(_CHANGED.format(citation.n))
        a, b = citation.start - passage["start"], citation.end - passage["start"]
        if a < 0 or passage["text"][a:b] != citation.quote:
            raise UnverifiedAnswer(_CHANGED.format(citation.n))


def verify_marks(text: str, available: int) -> list[int]:
    """The citation numbers of a generated text. Raises `UnverifiedAnswer` when a sentence cites nothing that exists."""
    used: list[int] = []
    for sentence in _SENTENCE.split(text.strip()):
        numbers = [int(number) for number in _MARK.findall(sentence)]
        if not numbers and re.search(r"\w", sentence):
            raise UnverifiedAnswer(f"A sentence cites nothing: {sentence[:80]!r}")
        for number in numbers:
            if not 1 <= number <= available:
                raise UnverifiedAnswer(f"A sentence cites [{number}], and there is no such evidence.")
        used += numbers
    if not used:
        raise UnverifiedAnswer("The answer is empty.")
    return list(dict.fromkeys(used))
