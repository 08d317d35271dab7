"""What a service keeps beside its graph: the operations database, and all that stands in it."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from api.acting import ACTING
from api.asking import Asking
from api.kept import Kept
from api.operations import Operations
from api.replaying import Replaying
from api.settings import Settings
from api.versioning import Versioning
from governance.identity.principal import OWNER
from kg.store import GraphStore

# SQLAlchemy, OpenFeature and cryptography are slow to import: whoever needs none of it does not wait for them.
if TYPE_CHECKING:
    from api.flagging import Flagging
    from governance.audit.trail import AuditTrail
    from governance.database import Database
    from governance.review.queue import ReviewQueue


class Governed:
    """A graph with its settings and its operations database. Safe to use from several threads."""

    def __init__(self, settings: Settings, store: GraphStore) -> None:
        self.settings = settings
        self.store = store
        #: Held by whoever writes to the graph.
        self.writing = threading.Lock()
        self.operations = Operations(settings, lambda: self.database)
        self.asking = Asking(self.operations.in_force, store, self.writing)
        self.kept = Kept(self.operations, store)
        self.versioning = Versioning(self.operations)
        self.replaying = Replaying(self.operations, self.asking, self.kept)

    @cached_property
    def database(self) -> "Database":
        """The operations database, opened when it is first asked for. Raises `DatabaseError`."""
        from governance.database import Database

        return Database(self.settings.database)

    @cached_property
    def audit(self) -> "AuditTrail":
        """The audit trail."""
        from api.auditing import make_trail

        return make_trail(self.settings, self.database)

    @cached_property
    def flagging(self) -> "Flagging":
        """The feature flags. Raises `UnusableFlags`."""
        from api.flagging import Flagging

        return Flagging(self.settings, lambda: self.database, self.operations.with_release, self._switched)

    @cached_property
    def queue(self) -> "ReviewQueue":
        """What waits for a person. Raises `UnusableReviewPolicy`, `OntologyError`."""
        from api.reviewing import review_queue

        return review_queue(self)

    @contextmanager
    def audited(self, action: str, target: str, **details: Any) -> Iterator[dict[str, Any]]:
        """An action of whoever acts, in the audit trail before it runs and with how it ended.

        Raises `AuditError`, and then nothing runs.
        """
        with self.audit.action(ACTING.get(), action, target, details) as told:
            yield told

    def close(self) -> None:
        """Close what is open."""
        for part in ("flagging", "audit", "operations", "database", "store"):
            if part in vars(self):
                vars(self)[part].close()

    def _switched(self, who: str, flag: str, before: Mapping[str, Any], after: Mapping[str, Any], reason: str) -> None:
        from governance.flags.book import GUARD

        if who == GUARD:  # who switches a flag at a door is told of there
            told = {"before": dict(before), "after": dict(after), "reason": reason}
            self.audit.record(replace(OWNER, user=GUARD, how="rule"), "flag", flag, "done", told)
