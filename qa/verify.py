"""Verification: every quote is the document's own text. What a model wrote is checked in `verification/`."""

from collections.abc import Sequence

from qa.answer import Citation
from qa.recorder import Recorder

_CHANGED = "Citation [{}] is no longer what its document says; the documents changed meanwhile, so ask again."


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
