"""A circuit breaker (Nygard, Release It!, 2007): a model that keeps failing is left alone for a while."""

import threading
import time
from collections.abc import Callable

FAILURES = 3
OPEN_SECONDS = 20.0


class Breaker:
    """Closed, it lets calls pass. After `failures` on end it opens for some seconds, then lets one call try.

    Safe to use from several threads. `clock` gives seconds that only grow.
    """

    def __init__(
        self, failures: int = FAILURES, seconds: float = OPEN_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._seconds, self._clock = failures, seconds, clock
        self._lock = threading.Lock()
        self._failed = 0
        self._opened: float | None = None
        self._trying = False

    def allows(self) -> bool:
        """Whether a call may be made; after True, `succeeded`, `failed` or `released` must be told."""
        with self._lock:
            if self._opened is None:
                return True
            if self._trying or self._clock() - self._opened < self._seconds:
                return False
            self._trying = True
            return True

    def succeeded(self) -> bool:
        """Close it; whether it was open."""
        with self._lock:
            was_open = self._opened is not None
            self._failed, self._opened, self._trying = 0, None, False
            return was_open

    def failed(self) -> bool:
        """Count a failure; whether that opened it, or left it open after a try."""
        with self._lock:
            self._failed += 1
            opens = self._failed >= self._most and (self._opened is None or self._trying)
            if self._failed >= self._most:
                self._opened = self._clock() if opens else self._opened
            self._trying = False
            return opens

    def released(self) -> None:
        """The call was given up for a reason that says nothing of the model: cancelled, or out of time before it."""
        with self._lock:
            self._trying = False

    @property
    def wait(self) -> float:
        """Seconds until it lets a call try; 0 when it is closed."""
        with self._lock:
            return 0.0 if self._opened is None else max(0.0, self._opened + self._seconds - self._clock())
