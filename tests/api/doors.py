"""The two documents that these tests read, and the command line as a process of its own."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent

ATLAS = """# Atlas Handbook

Maria Lind owns Atlas. Atlas is hosted by Nordwind AB.

## Backups

Atlas is backed up every night at 02:00 and the copies are kept for 35 days.
"""
BORA = """# Bora Note

Sven Falk owns Bora. The owner of Bora must review its access rights every quarter.
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Standard output as the one JSON document that it is to be."""
        return json.loads(self.out)


Run = Callable[..., Outcome]


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    """Start `evigraph` as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "api.cli", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        # Whoever runs the tests in the background may have Ctrl-C ignored, which processes inherit.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def finish(process: subprocess.Popen[str]) -> Outcome:
    """Wait for a process."""
    out, err = process.communicate(timeout=240)
    return Outcome(process.returncode, out, err)


def assert_error(outcome: Outcome, code: int, *words: str) -> None:
    """One sentence on standard error that holds the words, nothing on standard output, the exit code."""
    assert outcome.code == code, outcome
    assert outcome.out == ""
    assert outcome.err.startswith("Error: ")
    assert outcome.err.count("\n") == 1
    assert "Traceback" not in outcome.err
    for word in words:
        assert word in outcome.err
