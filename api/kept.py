"""Answers that were given: kept, read again, proven, replayed."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from api.operations import Operations
from api.present import used
from kg.merges import OWNER
from kg.store import GraphStore

if TYPE_CHECKING:
    from api.asking import Manner
    from governance.answers import Listed, StoredAnswer
    from governance.provenance.proof import Format
    from qa.answer import Answer, Tier


class Kept:
    """The answers of one graph. Safe to use from several threads. Raises `DatabaseError`, `StoreError`."""

    def __init__(self, operations: Operations, store: GraphStore) -> None:
        self._operations, self._store = operations, store
        self._registering = threading.Lock()
        self._registered: set[tuple[str, ...]] = set()

    def keep(
        self,
        answer: "Answer",
        question: str,
        groups: Sequence[str] | None,
        tier: "Tier | None",
        as_of: str | None,
        manner: "Manner",
        asked_at: datetime,
    ) -> None:
        """Keep an answer with how it was asked, what it rests on, and the versions that it was made by."""
        from governance.answers import Asked
        from governance.provenance.sources import gather

        listed = None if groups is None else tuple(sorted(groups))
        at = asked_at.isoformat(timespec="microseconds")
        asked = Asked(manner.user or OWNER, listed, question, as_of, tier, manner.stakes, at)
        self._register(answer)
        self._operations.answers.put(answer, asked, gather(answer, self._store, groups))
        cited = {citation.document.id for citation in answer.citations}
        for identity in sorted(cited - self._visible(None)(sorted(cited))):
            self.forget(identity)  # removed since it was cited

    def read(self, identity: str, user: str | None, groups: Sequence[str] | None) -> "StoredAnswer":
        """An answer. Raises `NoSuchAnswer`, `AnswerWithdrawn`."""
        return self._operations.answers.get(identity, user or OWNER, groups, self._visible(groups))

    def last(self, user: str | None, groups: Sequence[str] | None, limit: int) -> "list[Listed]":
        """The last answers of a user; of everybody for who sees everything."""
        return self._operations.answers.last(None if groups is None else user or OWNER, limit)

    def proof(self, identity: str, user: str | None, groups: Sequence[str] | None, form: "Format") -> str:
        """The provenance of an answer, of what the caller may see. Raises as `read` does, and `NotWhole`."""
        from governance.provenance.build import build
        from governance.provenance.proof import check_whole, written

        stored = self.read(identity, user, groups)
        cited = sorted({citation.document.id for citation in stored.answer.citations})
        graph = build(stored, self._visible(groups)(cited), stored.is_whole_for(groups))
        check_whole(graph)
        return written(graph, form)

    def forget(self, document_id: str) -> int:
        """Withdraw the answers that cite a document, which is removed; how many."""
        return self._operations.answers.forget(document_id)

    def _visible(self, groups: Sequence[str] | None) -> Callable[[Sequence[str]], set[str]]:
        def visible(ids: Sequence[str]) -> set[str]:
            seen: dict[str, Any] = {"groups": None if groups is None else list(groups), "as_of": None}
            rows = self._store.run("access_of_documents", document_ids=list(ids), **seen).rows
            return {row["id"] for row in rows}

        return visible

    def _register(self, answer: "Answer") -> None:
        """Keep the versions that the answer names, once for each set of them."""
        recorded = answer.trace.versions.model_dump(exclude={"corpus"})
        key = tuple(recorded.values())
        with self._registering:
            if key not in self._registered:
                self._operations.registry.register(used(self._operations.in_force(), recorded))
                self._registered.add(key)


def asked_now() -> datetime:
    """The time at which a question comes in."""
    return datetime.now(UTC)
