"""A lock that many may hold at once who use something, and one alone who exchanges it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Guard:
    """Who uses waits only for an exchange that has begun, so using may be nested; an exchange waits for all users."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._users = 0
        self._exchanging = False

    @contextmanager
    def use(self) -> Iterator[None]:
        """While this lasts nothing is exchanged."""
        with self._changed:
            self._changed.wait_for(lambda: not self._exchanging)
            self._users += 1
        try:
            yield
        finally:
            with self._changed:
                self._users -= 1
                self._changed.notify_all()

    @contextmanager
    def exchange(self) -> Iterator[None]:
        """While this lasts nobody uses."""
        with self._changed:
            self._changed.wait_for(lambda: not self._users and not self._exchanging)
            self._exchanging = True
        try:
            yield
        finally:
            with self._changed:
                self._exchanging = False
                self._changed.notify_all()
