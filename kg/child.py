"""A module of ours in a child process, spoken to in JSON lines; it ends with whoever holds it."""

import contextlib
import subprocess
import sys
import tempfile
import weakref
from pathlib import Path
from typing import IO

_ROOT = Path(__file__).resolve().parents[1]


class ChildProcess:
    """`python -m MODULE ARGUMENT...`, with pipes to talk by and a log of its standard error.

    The process is killed with `close`, and when this object or its process is gone.
    """

    def __init__(self, module: str, *arguments: str) -> None:
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=_ROOT,  # where -m looks first, and not in a folder named kg where the user works
            encoding="utf-8",
        )
        self._end = weakref.finalize(self, _end, self._process)

    def close(self) -> str:
        """End the process; the last line of its standard error."""
        self._end()
        with self._log as log:
            log.seek(0)
            lines = log.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):  # what was not sent has no reader any more
                pipe.close()
