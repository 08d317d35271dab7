"""Who holds something about a person: each can tell what, and let it go."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote

from governance.privacy.person import Person
from kg.embedding import default_embedder
from kg.ontology import Ontology
from kg.resolution.resolve import resolve_entities
from kg.rewriting.erase import Erased, erase
from kg.store import GraphStore, Vector

Found = Mapping[str, Any]
_EVERY = 10_000_000


class Holder(Protocol):
    """A place in which something about a person may be kept.

    `Person.names` are their names as plain text; `Person.holds` tells whether a text has one, `Person.mask` takes them
    out of it.
    """

    @property
    def name(self) -> str:
        """What the place is called in an export."""
        ...

    def find(self, person: Person) -> Sequence[Found]:
        """All that is held about the person, as JSON objects."""
        ...

    def erase(self, person: Person) -> int:
        """Let it go; how much it was. Done again it finds nothing."""
        ...


@dataclass(frozen=True, slots=True)
class CacheHolder:
    """A cache, which is emptied whoever is in it."""

    name: str
    clear: Callable[[], None]

    def find(self, person: Person) -> Sequence[Found]:
        """Nothing: what is cached is held elsewhere."""
        return ()

    def erase(self, person: Person) -> int:
        """Empty the cache."""
        self.clear()
        return 0


class GraphHolder:
    """The graph and the vectors beside it."""

    name = "graph"

    def __init__(self, store: GraphStore, ontology: Ontology) -> None:
        self._store, self._ontology = store, ontology
        self.erased = Erased()

    def find(self, person: Person) -> Sequence[Found]:
        """The entity, its facts, and every document with the places that name the person."""
        found: list[Found] = [self._entity(identity) for identity in person.entity_ids]
        return found + [self._document(identity, person) for identity in self.documents(person)]

    def erase(self, person: Person) -> int:
        """Write every document anew that names the person; how many."""

        def embed(texts: Sequence[str]) -> Sequence[Vector]:
            return list(default_embedder().embed(texts))

        documents = self.documents(person)
        self.erased = erase(self._store, person, person.keys, person.words, documents, embed)
        resolve_entities(self._store, self._ontology)
        return len(self.erased.documents)

    def documents(self, person: Person) -> list[str]:
        """The ids of the documents whose text, title or URI has a name of the person, or that mention them."""
        found = set()
        for row in self._store.run("documents", limit=_EVERY, groups=None).rows:
            texts = self._store.run("document_text", document_id=row["id"], groups=None).rows
            if any(map(person.holds, (row["title"], unquote(row["uri"]), *(item["text"] for item in texts)))):
                found.add(row["id"])
        if person.entity_ids:
            rows = self._store.run("documents_of_entities", entity_ids=list(person.entity_ids)).rows
            found |= {row["id"] for row in rows}
        return sorted(found)

    def _entity(self, identity: str) -> Found:
        seen: dict[str, Any] = {"groups": None}
        entity = self._store.run("entity", entity_id=identity, **seen).rows
        facts = self._store.run("facts_of_entities", entity_ids=[identity], limit=_EVERY, as_of=None, **seen).rows
        merges = self._store.run("merges_of_entity", entity_id=identity, **seen).rows
        return {"entity": entity[0] if entity else {"id": identity}, "facts": facts, "merges": merges}

    def _document(self, identity: str, person: Person) -> Found:
        document = self._store.run("document", document_id=identity, groups=None).rows[0]
        passages = self._store.run("passages_of_document", document_id=identity, groups=None, as_of=None).rows
        mentions = self._store.run("mentions_of_document", document_id=identity, groups=None, as_of=None).rows
        ids = set(person.entity_ids)
        named = {row["passage_id"] for row in mentions if row["entity_id"] in ids}
        quotes = [
            {"start": row["start"], "end": row["end"], "page": row["page"], "quote": row["text"]}
            for row in passages
            if row["id"] in named or person.holds(row["text"])
        ]
        places = [{key: row[key] for key in ("start", "end", "text")} for row in mentions if row["entity_id"] in ids]
        return {"document": document, "mentions": places, "passages": quotes}
