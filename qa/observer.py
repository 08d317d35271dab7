"""Who watches an answer come about, and who may stop it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


class AskCancelled(Exception):
    """Nobody waits for the answer any more."""


def _nothing(*_: Any) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Observer:
    """`step` hears of each step with what it found, `text` the answer sentence by sentence; `restart`: what `text` told
    so far is void, since another model begins anew."""

    step: Callable[[str, Mapping[str, Any]], None] = _nothing
    text: Callable[[str], None] = _nothing
    restart: Callable[[], None] = _nothing

    @property
    def listens(self) -> bool:
        """Whether anybody wants the text before all of it is there."""
        return self.text is not _nothing


@dataclass(slots=True)
class Cancel:
    """A caller's wish to stop, told once, from any thread."""

    _event: threading.Event = field(default_factory=threading.Event)
    _stops: list[Callable[[], Any]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> None:
        """Stop what is running."""
        self._event.set()
        with self._lock:
            stops, self._stops = self._stops, []
        for stop in stops:
            stop()

    def check(self) -> None:
        """Raises `AskCancelled` after the wish."""
        if self._event.is_set():
            raise AskCancelled("The question was given up by the one who asked it.")

    def stops(self, stop: Callable[[], Any]) -> None:
        """Have this called at the wish, at once when it was told already."""
        with self._lock:
            if not self._event.is_set():
                self._stops.append(stop)
                return
        stop()
