"""A question with all that the settings and the caller say of it, and the answers that were kept."""

import threading
import uuid
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from api import parts
from api.settings import Settings
from kg.store import GraphStore

# What is slow to import is imported by the functions that need it.
if TYPE_CHECKING:
    from qa.answer import Answer, Tier
    from qa.observer import Cancel, Observer
    from qa.options import AskOptions
    from qa.routing.features import Stakes


@dataclass(frozen=True, slots=True)
class Manner:
    """How an answer is wanted: which user pays for it, what a wrong one costs, in how many seconds, who watches it."""

    user: str | None = None
    stakes: "Stakes" = "normal"
    seconds: float | None = None
    observer: "Observer | None" = None
    cancel: "Cancel | None" = None


class Asking:
    """Asks on one store. `writing` is held by whoever writes to it. Safe to use from several threads."""

    def __init__(self, settings: Settings, store: GraphStore, writing: threading.Lock) -> None:
        from qa.cache import AnswerCache

        self._settings, self._store, self._writing = settings, store, writing
        self._answers = AnswerCache()

    def ask(
        self, question: str, groups: Sequence[str] | None, tier: "Tier | None", as_of: date | None, manner: Manner
    ) -> "Answer":
        """The answer; one that was kept, where all that it depends on is the same."""
        from qa.ask import ask
        from qa.verify import UnverifiedAnswer

        options = self._options(groups, tier, as_of, manner)
        key = self._key(question, options)
        kept = self._answers.get(key)
        if kept is not None:
            return kept.model_copy(update={"id": uuid.uuid4().hex, "cached": True})
        try:
            answer = ask(question, self._store, options)
        except UnverifiedAnswer:
            # A document was replaced between being found and being looked up again: now without that happening.
            with self._writing:
                answer = ask(question, self._store, options)
        troubled = any(item.outcome.startswith(("failed", "skipped")) for item in answer.trace.route.attempts)
        if not troubled and key == self._key(question, options):
            self._answers.put(key, answer)
        return answer

    def _options(
        self, groups: Sequence[str] | None, tier: "Tier | None", as_of: date | None, manner: Manner
    ) -> "AskOptions":
        from qa.options import AskOptions

        watched: dict[str, Any] = {"observer": manner.observer, "cancel": manner.cancel}
        return AskOptions(
            ontology=parts.ontology(self._settings),
            groups=groups,
            tier=tier,
            models=parts.models(self._settings),
            as_of=as_of,
            stakes=manner.stakes,
            seconds=self._settings.answer_seconds if manner.seconds is None else manner.seconds,
            policy=parts.policy(self._settings),
            purse=parts.purse(self._settings, manner.user),
            **{name: value for name, value in watched.items() if value is not None},
        )

    def _key(self, question: str, options: "AskOptions") -> Hashable:
        """All that an answer depends on: the question, who asks and how, the graph, the models, the policy.

        The code does not change while the process lives. Two callers of the same groups may share an answer, and no
        others.
        """
        return (
            question,
            None if options.groups is None else tuple(sorted(options.groups)),
            options.as_of,
            options.tier,
            options.stakes,
            self._store.changes(),
            options.ontology.version,
            repr(options.models),
            options.policy,
        )
