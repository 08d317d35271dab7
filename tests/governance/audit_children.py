"""What other processes do to an audit trail: write to it, and be killed."""

import multiprocessing
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from governance.audit.trail import AuditTrail
from governance.audit.witness import Witness
from governance.database import Database
from governance.identity.principal import OWNER

# Each child comes from a clean process that has imported all of this already.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["audit_children"])


def start_writer(url: str, folder: Path, name: str, count: int) -> ForkServerProcess:
    """A process that appends with eight threads."""
    return _start(_write, url, folder, name, count)


def start_actor(url: str, folder: Path, effects: Path, point: str) -> ForkServerProcess:
    """A process that adds a line to a file, in an action each, until it is killed or kills itself at a point."""
    return _start(_act, url, folder, effects, point)


def _start(target: object, *arguments: object) -> ForkServerProcess:
    process = _PROCESSES.Process(target=target, args=arguments)  # type: ignore[arg-type]
    process.start()
    return process


def _write(url: str, folder: Path, name: str, count: int) -> None:
    trail = AuditTrail(Database(url), folder)
    with ThreadPoolExecutor(8) as executor:
        list(executor.map(lambda n: trail.record(OWNER, "ask", f"{name} {n}", "done"), range(count)))


def _act(url: str, folder: Path, effects: Path, point: str) -> None:
    trail = AuditTrail(Database(url), folder)
    with effects.open("a") as file:
        for number in range(100_000):
            fatal = number == 5
            if fatal and point == "begun committed":
                Witness.advance = _die  # type: ignore[method-assign, assignment]
            with trail.action(OWNER, "remove", f"document {os.getpid()} {number}"):
                if fatal and point == "begun":
                    _die()
                file.write(f"document {os.getpid()} {number}\n")
                file.flush()
                if fatal and point == "acted":
                    _die()
                if fatal and point == "end committed":
                    Witness.advance = _die  # type: ignore[method-assign, assignment]


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
