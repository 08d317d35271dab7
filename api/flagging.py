"""Feature flags of a service: the settings as each user gets them, and what is watched of their answers."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from api.errors import explain
from api.settings import Settings

# SQLAlchemy and OpenFeature are imported by the methods that need them.
if TYPE_CHECKING:
    from governance.database import Database
    from governance.flags.book import FlagBook
    from governance.flags.canary import Canary
    from governance.flags.provider import FlagProvider
    from governance.flags.rollout import Choice, Flags
    from governance.flags.shadow import Shadows
    from qa.answer import Answer

ROUTER, UNSUPPORTED, RELEASE = "router", "verification.unsupported", "release"
#: An error of who asked, not of the variant.
_OF_THE_CALLER = (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, 499)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the flags say for one question: the choices, the settings that they make, and when it was asked."""

    choices: "tuple[Choice, ...]"
    before: Settings
    settings: Settings
    started: float


def _nothing(*_: Any) -> None:
    pass


class Flagging:
    """The flags of one service. Safe to use from several threads.

    `release` gives settings with the versions of a release, by name. `on_switch(who, flag, before, after, reason)`
    hears of each change. Raises `DatabaseError`, `UnusableFlags`.
    """

    def __init__(
        self,
        settings: Settings,
        database: "Callable[[], Database]",
        release: Callable[[str, Settings], Settings] | None = None,
        on_switch: "Callable[[str, str, Mapping[str, Any], Mapping[str, Any], str], None]" = _nothing,
    ) -> None:
        self._settings, self._database = settings, database
        self._release, self._on_switch = release, on_switch

    @cached_property
    def _provider(self) -> "FlagProvider":
        from governance.flags.provider import DatabaseProvider, FileProvider

        database, path = self._database(), self._settings.flags
        return (
            DatabaseProvider(database, self._on_switch)
            if path is None
            else FileProvider(database, path, self._on_switch)
        )

    @property
    def book(self) -> "FlagBook":
        """The flags as they are set."""
        return self._provider.book

    @cached_property
    def _flags(self) -> "Flags":
        from governance.flags.rollout import Flags

        return Flags(self._provider)

    @cached_property
    def canary(self) -> "Canary":
        """Watches variants that a share of users has."""
        from governance.flags.canary import Canary

        return Canary(self._database(), self.book)

    @cached_property
    def shadows(self) -> "Shadows":
        """Runs variants that nobody sees."""
        from governance.flags.shadow import Shadows

        return Shadows(self._database())

    def choose(self, settings: Settings, user: str, groups: Sequence[str] | None) -> Chosen:
        """What a user gets in place of the settings."""
        otherwise = {ROUTER: settings.router, UNSUPPORTED: settings.unsupported or "", RELEASE: ""}
        held = self.book.current()
        choices = tuple(self._flags.choose(key, user, groups, value) for key, value in otherwise.items() if key in held)
        made = settings
        for choice in choices:
            made = self._with(made, choice.key, choice.variant)
        return Chosen(choices, settings, made, time.perf_counter())

    def after(self, chosen: Chosen, answer: "Answer", again: "Callable[[Settings], Answer]") -> None:
        """Watch how an answer went, and have the shadows answer by `again` with their settings.

        An answer from memory tells nothing of how it was made.
        """
        from governance.flags.outcome import outcome_of

        if answer.cached:
            return
        for choice in chosen.choices:
            self.canary.record(choice, outcome_of(answer))
            if choice.shadow:
                settings = self._with(chosen.settings, choice.key, choice.shadow)
                self.shadows.offer(choice, answer, lambda made=settings: again(made))  # type: ignore[misc]

    def failed(self, chosen: Chosen, error: Exception) -> None:
        """Watch that there was an error instead of an answer, unless it is the caller's own."""
        from governance.flags.outcome import failure

        if explain(error).status in _OF_THE_CALLER:
            return
        outcome = failure((time.perf_counter() - chosen.started) * 1000)
        for choice in chosen.choices:
            self.canary.record(choice, outcome)

    def close(self) -> None:
        """Finish the shadows that run."""
        if "shadows" in vars(self):
            self.shadows.close()

    def _with(self, settings: Settings, key: str, variant: str) -> Settings:
        if not variant:
            return settings
        if key == ROUTER:
            return settings.model_copy(update={"router": variant})
        if key == UNSUPPORTED:
            return settings.model_copy(update={"unsupported": variant})
        return self._release(variant, settings) if self._release else settings


def as_shown(flagging: Flagging, key: str) -> dict[str, Any]:
    """A flag as the doors give it. Raises `UnknownFlag`."""
    from governance.flags.model import as_data

    flag = flagging.book.get(key)
    shown = as_data(flag)
    named = {name: dict(shown[name]) for name in ("groups", "percent")}
    return {**shown, **named, "source": flagging.book.source, "rolled_back": flagging.book.rolled_back(flag)}
