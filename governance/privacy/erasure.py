"""Erasing a person: from the graph, from all else that holds something of them, and from the files beneath."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from governance.database import Database
from governance.privacy.erased import ErasedNames
from governance.privacy.holders import GraphHolder, Holder
from governance.privacy.person import Person, find_person
from governance.privacy.remains import tables_holding
from kg.ontology import Ontology
from kg.store import GraphStore


class NobodyFound(LookupError):
    """Nothing is held of anybody of this name; the message is one sentence."""


class NamedByOntology(Exception):
    """The ontology itself names the person; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was erased: counts by holder, what names of others were left alone, and what may be left in files."""

    id: str
    documents: dict[str, str]
    counts: dict[str, int]
    others: tuple[str, ...]
    left: tuple[str, ...]
    remaining: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """The report without ids of documents as they were: they may be hashes of the name."""
        return {
            "id": self.id,
            "documents": sorted(self.documents.values()),
            "counts": self.counts,
            "names_of_others_left": list(self.others),
            "left_in_files": list(self.left),
            "remaining": list(self.remaining),
        }


class Privacy:
    """What is held about people: found, exported, erased. `holders` are those beside the graph.

    `writing` is a lock that whoever writes to the graph holds. Raises `StoreError`, `DatabaseError`.
    """

    def __init__(
        self, store: GraphStore, database: Database, ontology: Ontology, holders: Sequence[Holder] = ()
    ) -> None:
        self._store, self._database, self._ontology = store, database, ontology
        self._graph = GraphHolder(store, ontology)
        self._holders: tuple[Holder, ...] = (self._graph, *holders)
        self._names = ErasedNames(database)

    def person(self, name: str, entity_id: str | None = None, also: Iterable[str] = ()) -> Person:
        """Who is meant by a name: the entity with this id, or whoever is only named in texts."""
        return find_person(self._store, self._ontology, name, entity_id, also, "person", self._names.salt())

    def export(self, person: Person) -> dict[str, Any]:
        """Everything held about a person. Raises `NobodyFound`."""
        held = {holder.name: list(holder.find(person)) for holder in self._holders}
        if not any(held.values()):
            raise NobodyFound(f"Nothing is held about {person.names[0] if person.names else 'nobody'!r}.")
        return {"names": list(person.names), "names_of_others": list(person.others), "held": held}

    def documents(self, person: Person) -> list[str]:
        """The documents that an erasure would write anew."""
        return self._graph.documents(person)

    def erase(self, person: Person, by: str, reason: str) -> Report:
        """Erase a person from everything. `by` is who says so.

        Interrupted, it is to be done again: what is done already is found to be so. Raises `NamedByOntology`.
        """
        self._check_ontology(person)
        identity = self._names.begin(person.forms, by, person.mask(reason))
        counts = {holder.name: holder.erase(person) for holder in self._holders}
        erased = self._graph.erased
        counts |= {name: getattr(erased, name) for name in ("mentions", "facts", "entities", "merges", "vectors")}
        left = self.compact()
        self._names.finish(identity, counts)
        tables = [f"the table {name}" for name in tables_holding(self._database, person)]
        remaining = [*self._graph.documents(person), *self._entities(person), *tables]
        return Report(identity, erased.documents, counts, person.others, tuple(left), tuple(remaining))

    def compact(self) -> list[str]:
        """Drop from all files what was deleted; what may be left all the same, in sentences."""
        return [said for said in (self._store.compact(), self._database.compact()) if said]

    def _entities(self, person: Person) -> list[str]:
        rows = self._store.run("entities_holding", words=list(person.words)).rows
        return [row["id"] for row in rows if any(map(person.holds, (row["key"], row["name"], *row["aliases"])))]

    def _check_ontology(self, person: Person) -> None:
        for known in self._ontology.known:
            named = next((name for name in (known.name, *known.aliases) if person.holds(name)), None)
            if named is not None:
                raise NamedByOntology(
                    f"The ontology names {named!r}, so each ingest would bring the name back; take it out of "
                    "the file that EVIGRAPH_ONTOLOGY names, then erase."
                )
