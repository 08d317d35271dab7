"""A review queue on a small graph and an empty database, with a clock that tests turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from governed import copied, served

from api.asking import Manner
from api.service import Service
from governance.database import Database
from governance.identity.principal import Principal
from governance.review.policy import load_review_policy
from governance.review.queue import ReviewQueue
from kg.ontology import load_ontology
from qa.answer import Answer

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HIGH = Manner(stakes="high")


def person(user: str, *roles: str, groups: tuple[str, ...] | None = ("everyone",)) -> Principal:
    """Somebody who signed in."""
    return Principal(user, frozenset(roles), groups, "password")


ANNA = person("anna", "reader")
RITA = person("rita", "reviewer")
ROSS = person("ross", "reviewer")
STEN = person("sten", "steward")
ADA = person("ada", "admin")


@dataclass
class Desk:
    """A queue, with what it gave to whom (`given`), what it told (`acts`), and its clock."""

    service: Service
    database: Database
    now: datetime = NOON
    given: list[tuple[str, str]] = field(default_factory=list)
    acts: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def queue(self, policy: Path | None = None, **changes: Any) -> ReviewQueue:
        """The queue by a policy, None for the shipped one."""
        told = {
            "grant": lambda user, wanted: self.given.append((user, wanted)),
            "on_act": lambda who, action, item, details: self.acts.append((who.user, action, dict(details))),
            "clock": lambda: self.now,
            **changes,
        }
        held = load_review_policy(policy)
        return ReviewQueue(self.database, self.service.store, load_ontology(), held, **told)

    def later(self, **of: float) -> None:
        """Some time goes by."""
        self.now += timedelta(**of)

    def ask(self, question: str, groups: tuple[str, ...] | None = ("everyone",), **changes: Any) -> Answer:
        """An answer of the graph, as it would be with these changes."""
        answer = self.service.ask(question, groups, keep=False)
        return answer.model_copy(update=changes)


@contextmanager
def desk_on(notes: Path, folder: Path, database: Database) -> Iterator[Desk]:
    """A desk on a copy of a closed graph."""
    with served(copied(notes, folder), "sqlite://") as service:
        yield Desk(service, database)
