"""Privacy at the doors: who is meant by a name, and what of all that is kept has to be looked through."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from api import lookup, parts
from api.errors import NotHeld
from api.given import storable
from api.service import Service
from governance.identity.principal import Principal
from qa.recorder import Recorder

if TYPE_CHECKING:
    from governance.answers import AnswerStore
    from governance.privacy.erasure import Privacy, Report
    from governance.privacy.holders import Holder
    from governance.privacy.person import Person
    from kg.store import Row

#: What one request returns at most.
MOST_PLACES = 10_000


def privacy_of(service: Service) -> "Privacy":
    """All that is held by a service. Raises `StoreError`, `DatabaseError`, `OntologyError`."""
    from governance.privacy.erasure import Privacy

    ontology = parts.ontology(service.operations.in_force())
    return Privacy(service.store, service.database, ontology, holders(service))


def holders(service: Service) -> "list[Holder]":
    """Who holds something about people beside the graph."""
    from governance.privacy.holders import CacheHolder

    return [CacheHolder("answers in memory", service.forget_answers), AnswerHolder(service.operations.answers)]


class AnswerHolder:
    """The answers that were given and kept."""

    name = "answers"

    def __init__(self, answers: "AnswerStore") -> None:
        self._answers = answers

    def find(self, person: "Person") -> Sequence[dict[str, Any]]:
        """The answers that name the person, whole."""
        from governance.answers import AnswerWithdrawn
        from kg.merges import OWNER

        found: list[dict[str, Any]] = []
        for identity in sorted({identity for word in person.words for identity in self._answers.find(word)}):
            try:
                stored = self._answers.get(identity, OWNER, None, lambda ids: ids)
            except AnswerWithdrawn:
                found.append({"id": identity, "withdrawn": True})
                continue
            said = stored.answer.model_dump(mode="json")
            question = stored.asked.question
            if person.holds(question) or person.holds(stored.answer.model_dump_json()):
                found.append({"id": identity, "at": stored.at, "user": stored.asked.user, "answer": said})
        return found

    def erase(self, person: "Person") -> int:
        """Delete them."""
        return self._answers.erase([item["id"] for item in self.find(person)])


def meant(service: Service, name: str, also: Iterable[str] = ()) -> "Person":
    """Who is meant by a name or id; who is no entity may still be named in texts. Raises `Ambiguous`."""
    try:
        entity = lookup.find_entity(storable(name), Recorder(service.store, None))
    except NotHeld:
        return privacy_of(service).person(storable(name), None, map(storable, also))
    given = name if name != entity["id"] else entity["name"]
    return privacy_of(service).person(storable(given), entity["id"], map(storable, also))


def export(service: Service, name: str, also: Iterable[str] = ()) -> dict[str, Any]:
    """Everything held about a person. Raises `NobodyFound`, `Ambiguous`."""
    return privacy_of(service).export(meant(service, name, also))


def erase(service: Service, person: "Person", who: Principal, reason: str) -> "Report":
    """Erase a person from everything. Raises `NamedByOntology`."""
    with service.writing:
        return privacy_of(service).erase(person, who.user, storable(reason))


def scanned(service: Service, document_id: str | None = None) -> list[dict[str, Any]]:
    """Personal data found in a document, or in all."""
    from governance.privacy.scan import scan

    ontology = parts.ontology(service.operations.in_force())
    return [asdict(place) for place in scan(service.store, ontology, document_id)]


def expire(
    service: Service, dry_run: bool, progress: Callable[[int, int], None] = lambda done, total: None
) -> "list[Row]":
    """Remove the documents that are older than their corpus' retention; which they are, or would be."""
    from governance.privacy.policies import Policies

    rows = Policies(service.database).expired(service.store)
    for done, row in enumerate(rows if not dry_run else (), start=1):
        service.remove(row["id"])
        service.kept.forget(row["id"])
        progress(done, len(rows))
    if rows and not dry_run:
        with service.writing:
            service.store.compact()
    return rows
