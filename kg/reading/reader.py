"""The parent's side of the reading child: started when first asked, kept warm, made anew when it ended or is old."""

import contextlib
import json
import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from kg.child import ChildProcess
from kg.reading.statement import StatementRefused
from kg.store import ReadResult, StoreError, elapsed_ms

# More that wait would take the server's threads from those who ask for something else.
_MOST_ASKED = 4


class ReaderBusy(Exception):
    """Others are running and did not end in time; the message is one sentence."""


class Reader:
    """Runs statements in a child process, one at a time, a few waiting.

    `opening` gives what the child is to open, within a context that lasts until it is open; `version` tells when what
    it opened is outdated.
    """

    def __init__(
        self, opening: Callable[[], AbstractContextManager[Mapping[str, str]]], version: Callable[[], int]
    ) -> None:
        self._opening = opening
        self._version = version
        self._turn = threading.Lock()
        self._places = threading.BoundedSemaphore(_MOST_ASKED)
        self._child: _Child | None = None
        self._opened_version = 0

    def read(self, cypher: str, parameters: Mapping[str, Any], limit: int, timeout: float) -> ReadResult:
        """At most `limit` rows of a statement that is stopped after `timeout` seconds, waiting for others aside.

        Raises `StatementRefused`, `ReaderBusy`, `StoreError`.
        """
        request = {"cypher": cypher, "parameters": dict(parameters), "limit": limit}
        reply, ms = self._ask(request, timeout)
        rows = [dict(zip(reply["columns"], row, strict=True)) for row in reply["rows"]]
        return ReadResult(tuple(reply["columns"]), rows, reply["truncated"], ms)

    def explain(self, cypher: str, timeout: float) -> None:
        """Have a statement planned, not run. Raises as `read` does."""
        self._ask({"cypher": cypher}, timeout)

    def _ask(self, request: Mapping[str, Any], timeout: float) -> tuple[dict[str, Any], float]:
        """The reply and the milliseconds that it took."""
        if not self._places.acquire(blocking=False):
            raise ReaderBusy(f"{_MOST_ASKED} statements are running or waiting already; try again in a while.")
        try:
            if not self._turn.acquire(timeout=timeout):
                raise ReaderBusy("Another statement is still running; try again when it has ended.")
            try:
                return self._ask_in_turn({**request, "timeout": timeout})
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def _ask_in_turn(self, request: Mapping[str, Any]) -> tuple[dict[str, Any], float]:
        try:
            child = self._current_child()
            started = time.perf_counter()
            reply = child.exchange(request)
            ms = elapsed_ms(started)
        except BaseException:  # the child is gone, or at work for nobody
            self._drop_child()
            raise
        if "refused" in reply:
            raise StatementRefused(reply["refused"])
        return reply, ms

    def close(self) -> None:
        """End the child, whatever it does."""
        self._drop_child()

    def _current_child(self) -> "_Child":
        version = self._version()
        if self._child is None or self._opened_version != version or not self._child.alive:
            self._drop_child()
            with self._opening() as what:
                self._child = _Child()
                self._child.exchange(what)
            self._opened_version = version
        return self._child

    def _drop_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.close()


class _Child(ChildProcess):
    """One child process, and the JSON lines that are exchanged with it."""

    def __init__(self) -> None:
        super().__init__("kg.reading.child")

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def exchange(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Send a message and wait for the reply. Raises `StatementRefused` when the child dies of it, `StoreError`."""
        assert self._process.stdin and self._process.stdout  # noqa: S101 - both are pipes
        with contextlib.suppress(OSError):  # it died; why, it may have said
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line.endswith("\n"):
            raise self._why_it_died(message.get("timeout"))
        reply: dict[str, Any] = json.loads(line)
        if "unreachable" in reply:
            raise StoreError(reply["unreachable"])
        return reply

    def _why_it_died(self, timeout: float | None) -> Exception:
        code = self._process.wait()
        self._log.seek(0)
        log = self._log.read()
        if code == -signal.SIGALRM and timeout is not None:
            return StatementRefused(
                f"The statement was stopped at its limit of {timeout:g} s; let it read less, or give it more time."
            )
        if b"memory allocation" in log or b"MemoryError" in log:
            return StatementRefused(
                "The statement was stopped because it needed too much memory; let it collect less, or add a LIMIT."
            )
        if timeout is not None:
            return StatementRefused("The statement broke the process that ran it; write it another way.")
        return StoreError("The process that reads the graph for statements does not start; `evigraph doctor` may help.")
