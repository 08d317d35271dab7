"""The parent's side of a GGUF model: a child process that is asked, timed, killed and started anew."""

import json
import logging
import multiprocessing
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from kg.child import ChildProcess

#: Tokens of prompt and answer together; models of the kind that ctransformers reads were trained on 2,048 to 4,096.
CONTEXT = 4096
MOST_TOKENS = 768
MOST_FAILURES = 3
_LOAD_SECONDS = 600.0  # many gigabytes from a slow disk, and the prompt's head to read

Failure = Literal["timeout", "crash", "long", "given_up", "cancelled"]


class NoAnswer(Exception):
    """The model gave none; `kind` says why."""

    def __init__(self, kind: Failure) -> None:
        super().__init__(kind)
        self.kind: Failure = kind


class GgufModel:
    """A model in a child process, started by the first question; the child ends with this object or its process.

    `head` begins every prompt; `timeout` is in seconds an answer, loading aside. After three crashes or timeouts on end
    the model is given up: that is logged once, and there is no answer any more. Raises ValueError for a file that holds
    no such model; `setting` is what its message tells to set.
    """

    def __init__(self, path: Path, head: str, timeout: float, setting: str = "EVIGRAPH_EXTRACTOR") -> None:
        check_file(path, setting)
        self.path = path
        self._head = head
        self._timeout = timeout
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._failures = 0
        self._cancelled = threading.Event()

    def answer(
        self,
        text: str,
        opening: str,
        tokens: int = MOST_TOKENS,
        seconds: float | None = None,
        on_piece: Callable[[str], None] = lambda piece: None,
    ) -> str:
        """What the model writes after the head and the text, whose end `opening` is the answer's beginning.

        At most so many tokens, within so many seconds (else `timeout`); `on_piece` is called with each piece as it
        comes. Raises `NoAnswer`: "long" for a text that leaves no room for an answer, "cancelled" after `cancel`.
        """
        with self._lock:
            if self._failures == MOST_FAILURES:
                raise NoAnswer("given_up")
            try:
                self._cancelled.clear()
                answer = self._ask(text, opening, tokens, self._timeout if seconds is None else seconds, on_piece)
            except NoAnswer as no_answer:
                if self._cancelled.is_set():
                    self._drop_child()
                    raise NoAnswer("cancelled") from None
                if no_answer.kind != "long":
                    self._fail(no_answer.kind)
                raise
            except BaseException:  # Ctrl-C: the child would go on with this answer when asked for the next
                self._drop_child()
                raise
            self._failures = 0
            return answer

    def cancel(self) -> None:
        """End the answer that is being written, if one is, from another thread; the next one loads the model anew."""
        self._cancelled.set()
        child = self._child
        if child is not None:
            child.kill()

    def _ask(self, text: str, opening: str, tokens: int, seconds: float, on_piece: Callable[[str], None]) -> str:
        if self._child is None:
            self._child = _Child(self.path)
            self._child.exchange({"text": self._head}, _LOAD_SECONDS)
        return self._child.exchange({"text": text, "opening": opening, "tokens": tokens}, seconds, on_piece)

    def _fail(self, kind: Failure) -> None:
        self._failures += 1
        last_words = self._drop_child()
        if self._failures == MOST_FAILURES:
            cause = f"{kind}, {last_words}" if last_words else kind
            logging.getLogger(__name__).warning(
                "%s failed %d times on end (%s) and is given up for this run, which goes on without it; "
                "check that ctransformers reads its kind, or give it more time with EVIGRAPH_GGUF_TIMEOUT.",
                self.path,
                MOST_FAILURES,
                cause.rstrip("."),
            )

    def _drop_child(self) -> str:
        """Kill the child; the last line that it wrote on its standard error."""
        child, self._child = self._child, None
        return child.close() if child else ""


class _Child(ChildProcess):
    """One child process, and the JSON lines that are exchanged with it."""

    def __init__(self, path: Path) -> None:
        super().__init__("kg.gguf.child", str(path.resolve()), str(CONTEXT), str(_threads()))

    def exchange(
        self, request: dict[str, str | int], seconds: float, on_piece: Callable[[str], None] = lambda piece: None
    ) -> str:
        """Send a line and join the pieces of the answer. Raises `NoAnswer`; then the child is of no more use,
        except after "long"."""
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            self._process.kill()  # which ends the reading below

        timer = threading.Timer(seconds, expire)
        timer.daemon = True
        timer.start()
        try:
            answer, end = self._send_and_read(request, on_piece)
        finally:
            timer.cancel()
            timer.join()  # it may be expiring at this moment
        if expired.is_set():
            raise NoAnswer("timeout")
        if end == "":
            return answer
        raise NoAnswer("long" if end == "long" else "crash")

    def _send_and_read(self, request: dict[str, str | int], on_piece: Callable[[str], None]) -> tuple[str, str | None]:
        """The answer and how the child ended it; None when it died or wrote what is no reply."""
        requests, replies = self._process.stdin, self._process.stdout
        pieces: list[str] = []
        if requests is None or replies is None:
            return "", None
        try:
            requests.write(json.dumps(request) + "\n")
            requests.flush()
            for line in replies:
                reply: dict[str, str] = json.loads(line)
                if "end" in reply:
                    return "".join(pieces), reply["end"]
                pieces.append(reply["text"])
                on_piece(reply["text"])
        except (OSError, ValueError, KeyError):
            pass
        return "", None

    def kill(self) -> None:
        """End the process at once, from any thread: whoever reads from it then reads its end."""
        self._process.kill()


def check_file(path: Path, setting: str) -> None:
    """Raises ValueError, in one sentence, unless the file begins as GGUF version 2 or 3 does, little-endian.

    Version 3 only adds big-endian files to version 2, and ctransformers does not look at the number: such a file loads
    and computes the same. Version 1 counts in 32 bits and crashes it.
    """
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise ValueError(f"The model {path} cannot be read ({error.strerror}); set {setting}.") from error
    if start[:4] != b"GGUF" or len(start) < 8:
        raise ValueError(f"{path} is not a GGUF file; name one in {setting}.")
    version = int.from_bytes(start[4:], "little")
    if version not in (2, 3):
        kind = "is big-endian" if version >= 1 << 16 else f"has version {version}"
        raise ValueError(
            f"{path} {kind}, but only little-endian GGUF of version 2 or 3 can be read; convert the model again."
        )


def _threads() -> int:
    """Half the processors, which is one for each core, and one in a worker: the library's threads wait for each other
    by spinning, so that one too many makes it slower by orders of magnitude."""
    if multiprocessing.parent_process() is not None:
        return 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, usable // 2)
