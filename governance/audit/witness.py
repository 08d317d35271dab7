"""The files beside the trail's key: how far the trail went, so that what is cut from the database's end is missed."""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from governance.audit.entry import AuditError, Mark, canonical
from governance.audit.tables import as_values

# One sector of a disk, which is written whole or not at all.
_SIZE = 512


class DamagedWitness(AuditError):
    """A file of the witness does not hold what was written to it."""


class Witness:
    """The head and the checkpoints of one trail in files that several processes may share."""

    def __init__(self, folder: Path) -> None:
        self.head_file = folder / "head.json"
        self.checkpoint_file = folder / "checkpoints.jsonl"

    def head(self) -> Mark | None:
        """The newest entry that this machine knows of, None where none was written.

        Raises `DamagedWitness`, `OSError`.
        """
        try:
            with _locked(self.head_file, os.O_RDONLY, fcntl.LOCK_SH) as descriptor:
                written = os.pread(descriptor, _SIZE, 0)
        except FileNotFoundError:
            return None
        return _mark(written, self.head_file) if written else None

    def checkpoints(self) -> list[Mark]:
        """All checkpoints written on this machine. Raises `DamagedWitness`, `OSError`."""
        try:
            written = self.checkpoint_file.read_bytes()
        except FileNotFoundError:
            return []
        # A line without its end was cut off by a crash while it was written.
        return [_mark(line, self.checkpoint_file) for line in written.split(b"\n")[:-1]]

    def advance(self, head: Mark, checkpoints: Sequence[Mark]) -> None:
        """Keep a head, unless a later one is known by now, and further checkpoints. Raises `OSError`.

        Called after the commit: a crash in between leaves the head behind the table, which is no fault. The head is not
        forced to the disk, for the same reason.
        """
        with _locked(self.head_file, os.O_RDWR | os.O_CREAT, fcntl.LOCK_EX) as descriptor:
            try:
                known = _mark(os.pread(descriptor, _SIZE, 0), self.head_file)
            except DamagedWitness:
                known = None
            if known is None or known.seq < head.seq:
                os.pwrite(descriptor, canonical(as_values(head)).encode().ljust(_SIZE - 1) + b"\n", 0)
            if known is None:
                os.fsync(descriptor)
            if checkpoints:
                self._add(checkpoints)

    def _add(self, checkpoints: Sequence[Mark]) -> None:
        with self.checkpoint_file.open("a+b") as file:
            file.seek(0)
            written = file.read()
            file.truncate(written.rfind(b"\n") + 1)
            file.write(b"".join(canonical(as_values(mark)).encode() + b"\n" for mark in checkpoints))
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def _locked(path: Path, mode: int, lock: int) -> Iterator[int]:
    descriptor = os.open(path, mode, 0o600)
    try:
        fcntl.flock(descriptor, lock)
        yield descriptor
    finally:
        os.close(descriptor)


def _mark(line: bytes, path: Path) -> Mark:
    try:
        mark = Mark(**json.loads(line))
        if not isinstance(mark.seq, int) or not all(
            isinstance(text, str) for text in (mark.hash, mark.at, mark.signature)
        ):
            raise TypeError("a field is of another type")
    except (ValueError, TypeError) as error:
        raise DamagedWitness(
            f"{path} does not hold what was written to it; `evigraph audit verify` tells more."
        ) from error
    return mark
