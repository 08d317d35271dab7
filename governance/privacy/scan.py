"""Personal data in the documents held: the people that the extractor found, and what detection finds in their texts."""

from collections.abc import Iterator
from dataclasses import dataclass

from governance.privacy.detect import Detected, detect
from governance.privacy.forms import Span, words_of
from governance.privacy.people import is_known_thing, may_be_person
from kg.ontology import Ontology
from kg.store import GraphStore

_EVERY = 10_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """Personal data in a document: where, of which kind, how sure, and its text."""

    document_id: str
    title: str
    kind: str
    start: int
    end: int
    score: float
    text: str


def scan(store: GraphStore, ontology: Ontology, document_id: str | None = None) -> Iterator[Place]:
    """The personal data of a document, by default of all, in the order of titles and texts. Raises `StoreError`."""
    for document in store.run("documents", limit=_EVERY, groups=None).rows:
        if document_id is None or document["id"] == document_id:
            yield from _of_document(store, ontology, document["id"], document["title"])


def _of_document(store: GraphStore, ontology: Ontology, identity: str, title: str) -> Iterator[Place]:
    rows = store.run("held_mentions", document_id=identity).rows
    # What one document leaves to guess, another may tell: that PulseHarbour Core is a system.
    surest = {row["key"]: row for row in store.run("surest_types", document_id=identity).rows}
    # "She" and "the owner" tell nothing by themselves.
    people: list[Span] = [
        (row["start"], row["end"])
        for row in rows
        if may_be_person(ontology, row["name"], row["type"], row["type_rank"])
        and not is_known_thing(ontology, surest[row["key"]]["type"], surest[row["key"]]["type_rank"])
        and any(word.capital for word in words_of(row["text"])[-1:])
    ]
    for text in (row["text"] for row in store.run("document_text", document_id=identity, groups=None).rows):
        for item in detect(text, lambda _: people):
            yield _place(identity, title, item, text)


def _place(identity: str, title: str, item: Detected, text: str) -> Place:
    return Place(identity, title, item.kind, item.start, item.end, item.score, text[item.start : item.end])
