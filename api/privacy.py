"""Privacy at the doors: who is meant by a name, and what of all that is kept has to be looked through."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from api import lookup, parts
from api.acting import ACTING
from api.errors import NotHeld
from api.given import storable
from api.service import Service
from governance.identity.principal import Principal
from qa.recorder import Recorder

if TYPE_CHECKING:
    from governance.answers import AnswerStore
    from governance.audit.trail import AuditTrail
    from governance.privacy.erasure import Privacy, Report
    from governance.privacy.holders import Holder
    from governance.privacy.person import Person
    from governance.review.queue import ReviewQueue
    from kg.store import Row

_EVERY = 10_000_000
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

    return [
        CacheHolder("answers in memory", service.forget_answers),
        AnswerHolder(service.operations.answers),
        ReviewHolder(service.queue),
        AuditHolder(service.audit),
    ]


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


class ReviewHolder:
    """What waits for a person to look at it, or was decided."""

    name = "review"

    def __init__(self, queue: "ReviewQueue") -> None:
        self._queue = queue

    def find(self, person: "Person") -> Sequence[dict[str, Any]]:
        """The items that name the person, whole."""
        return [item for item in map(asdict, self._queue.everything()) if person.holds(json.dumps(item, default=str))]

    def erase(self, person: "Person") -> int:
        """Delete them."""
        return self._queue.forget([item["id"] for item in self.find(person)])


class AuditHolder:
    """The audit trail: what it holds of a person is blanked, and it can be verified as before."""

    name = "audit"

    def __init__(self, trail: "AuditTrail") -> None:
        self._trail = trail

    def find(self, person: "Person") -> Sequence[dict[str, Any]]:
        """The entries that name the person."""
        entries = map(asdict, self._trail.search(limit=_EVERY))
        return [entry for entry in entries if person.holds(json.dumps(entry, default=str))]

    def erase(self, person: "Person") -> int:
        """Blank what names them."""
        return self._trail.erase(ACTING.get(), person.names, also=person.holds) if self.find(person) else 0


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
    with service.audited("export", "what is held of a person"):
        return privacy_of(service).export(meant(service, name, also))


def erase(service: Service, person: "Person", who: Principal, reason: str) -> "Report":
    """Erase a person from everything. Raises `NamedByOntology`."""
    with service.audited("erase", "a person", by=who.user), service.writing:
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
