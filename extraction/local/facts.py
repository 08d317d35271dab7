"""Relations that the trained pipeline predicts, as facts between the mentions that the document keeps."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from extraction.certainty import is_denied, is_hedged
from extraction.found import FoundFact, FoundMention

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

#: A probability is of the training corpora's kind of text, not of the document's: what rules read counts for more.
_TRUST = 0.8


def predicted_facts(
    doc: "Doc", text: str, start: int, mentions: Sequence[FoundMention], sentences: Sequence[tuple[int, int]]
) -> Iterator[FoundFact]:
    """The facts of `doc._.relations`; `text` begins at `start` of the document, as do `sentences` and `mentions`.

    A predicted mention that the document holds in another form (a longer name, an ontology's term) is taken in that
    form. The evidence is the sentences from one mention to the other.
    """
    for relation in doc._.relations if doc.has_extension("relations") else ():
        head, tail = (_kept(doc.ents[place], start, mentions) for place in (relation.head, relation.tail))
        if head is None or tail is None or head is tail:
            continue
        begin, end = min(head.start, tail.start), max(head.end, tail.end)
        first = max((a for a, _ in sentences if a <= begin), default=begin)
        last = min((b for _, b in sentences if b >= end), default=end)
        middle = (min(head.end, tail.end) - first, max(head.start, tail.start) - first)
        sentence, reach = text[first - start : last - start], (begin - first, middle, end - first)
        yield FoundFact(
            head,
            relation.label,
            tail,
            first,
            last,
            round(_TRUST * relation.score, 4),
            negated=is_denied(sentence, *reach),
            hedged=is_hedged(sentence, *reach),
        )


def _kept(span: "Span", start: int, mentions: Sequence[FoundMention]) -> FoundMention | None:
    """The mention that covers most of a predicted one, if any."""
    a, b = start + span.start_char, start + span.end_char
    overlapping = [item for item in mentions if item.start < b and item.end > a]
    return max(overlapping, key=lambda item: min(item.end, b) - max(item.start, a), default=None)
