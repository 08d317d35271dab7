"""A question with all that the settings and the caller say of it, and the answers that were kept."""

import gc
import threading
import uuid
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from api import parts
from api.settings import Settings
from governance.identity.principal import OWNER, Principal
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


@cache
def spare_the_collector() -> None:
    """Once in a process, when all is loaded that a question needs: models, ontology, tables.

    It stays for as long as the process, and the garbage collector need not walk it again in the middle of a question,
    which took a tenth of a second.
    """
    gc.collect()
    gc.freeze()


def payer(principal: Principal) -> str | None:
    """Whose budget an answer is charged to; None for the owner's."""
    return None if (principal.how, principal.user) == (OWNER.how, OWNER.user) else principal.user


class Asking:
    """Asks on one store. `writing` is held by whoever writes to it. Safe to use from several threads."""

    def __init__(self, in_force: Callable[[], Settings], store: GraphStore, writing: threading.Lock) -> None:
        """`in_force` gives the settings as they are now: what they name may be activated and rolled back."""
        from qa.cache import AnswerCache

        self._in_force, self._store, self._writing = in_force, store, writing
        self._answers = AnswerCache()

    def ask(
        self,
        question: str,
        groups: Sequence[str] | None,
        tier: "Tier | None",
        as_of: date | None,
        manner: Manner,
        settings: Settings | None = None,
    ) -> "Answer":
        """The answer, by default as the settings in force have it; a kept one, where all it depends on is the same."""
        options = self._options(settings or self._in_force(), groups, tier, as_of, manner)
        key = self._key(question, options)
        kept = self._answers.get(key)
        if kept is not None:
            return kept.model_copy(update={"id": uuid.uuid4().hex, "cached": True})
        answer = self._asked(question, options)
        troubled = any(item.outcome.startswith(("failed", "skipped")) for item in answer.trace.route.attempts)
        if not troubled and key == self._key(question, options):
            self._answers.put(key, answer)
        return answer

    def fresh(
        self,
        question: str,
        groups: Sequence[str] | None,
        tier: "Tier | None",
        as_of: date | None,
        manner: Manner,
        settings: Settings,
    ) -> "Answer":
        """The answer as these settings have it, none that was kept."""
        return self._asked(question, self._options(settings, groups, tier, as_of, manner))

    def forget(self) -> None:
        """Keep no answer any longer."""
        self._answers.clear()

    def _asked(self, question: str, options: "AskOptions") -> "Answer":
        from qa.ask import ask
        from qa.verify import UnverifiedAnswer

        try:
            answer = ask(question, self._store, options)
        except UnverifiedAnswer:
            # A document was replaced between being found and being looked up again: now without that happening.
            with self._writing:
                answer = ask(question, self._store, options)
        spare_the_collector()
        return answer

    def _options(
        self,
        settings: Settings,
        groups: Sequence[str] | None,
        tier: "Tier | None",
        as_of: date | None,
        manner: Manner,
    ) -> "AskOptions":
        from qa.options import AskOptions

        watched: dict[str, Any] = {"observer": manner.observer, "cancel": manner.cancel}
        return AskOptions(
            ontology=parts.ontology(settings),
            groups=groups,
            tier=tier,
            models=parts.models(settings),
            as_of=as_of,
            stakes=manner.stakes,
            seconds=settings.answer_seconds if manner.seconds is None else manner.seconds,
            policy=parts.policy(settings),
            purse=parts.purse(settings, manner.user),
            prompt=parts.prompt(settings),
            redact=parts.redactor(settings, self._store),
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
            options.prompt,
        )
