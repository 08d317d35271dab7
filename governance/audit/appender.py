"""The one way into the audit trail's table: threads queue up, processes wait for each other, the files keep step."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from governance.audit import keys, writing
from governance.audit.actions import DONE
from governance.audit.entry import AuditError, Mark, Row
from governance.audit.witness import DamagedWitness, Witness
from governance.audit.writing import Appended, Draft, Newest
from governance.database import Database

_KEY_VARIABLE = "EVIGRAPH_AUDIT_KEY"


@dataclass(slots=True)
class _Waiting:
    """An entry that a thread waits for."""

    draft: Draft
    row: Row | None = None
    error: Exception | None = None


class Appender:
    """Appends to the trail of a database, with the key and the files of a folder; `pem` takes the key's place."""

    def __init__(self, database: Database, folder: Path, pem: str | None) -> None:
        self._database = database
        self._key_file = folder / "key.pem"
        self._pem = pem
        self._key: Ed25519PrivateKey | None = None
        self._waiting: list[_Waiting] = []
        self._queueing = threading.Lock()
        self._writing = threading.Lock()
        self._unmarked = False
        self.witness = Witness(folder)

    def one(self, draft: Draft) -> Row:
        """Append an entry; what threads want written at the same time goes into one transaction.

        Raises `AuditError`, `DatabaseError`, `OSError`.
        """
        waiting = _Waiting(draft)
        with self._queueing:
            self._waiting.append(waiting)
        with self._writing:
            # Unless the thread that wrote before this one has taken it along.
            if waiting.row is None and waiting.error is None:
                with self._queueing:
                    batch, self._waiting = self._waiting, []
                self._write(batch)
        if waiting.row is None:
            raise waiting.error or AuditError("The audit entry was not written; see the error before this one.")
        return waiting.row

    def _write(self, batch: Sequence[_Waiting]) -> None:
        try:
            with self._database.connection() as connection:
                appended = self.within(connection, [waiting.draft for waiting in batch])
            self.keep_step(appended)
        except Exception as error:  # each thread raises it for its own entry
            for waiting in batch:
                waiting.error = error
        else:
            for waiting, row in zip(batch, appended.rows, strict=True):
                waiting.row = row
        finally:
            for waiting in batch:
                if waiting.row is None and waiting.error is None:  # Ctrl-C came in between
                    waiting.error = AuditError("The audit entry was not written for an interrupt; try again.")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep this process's other threads from appending meanwhile."""
        with self._writing:
            yield

    def within(self, connection: Connection, drafts: Sequence[Draft]) -> Appended:
        """Append in a transaction; `keep_step` is to be called once it is committed."""
        writing.lock(connection)
        end = writing.newest(connection)
        key = self._ready(end)
        filed, loss = self._filed_head()
        notes: list[Draft] = []
        if loss and _empty(end):
            self.witness.advance(writing.first_head(key), [])
        elif loss:
            # Made anew below; that it was lost stays on record, since an end may have been cut off unnoticed.
            notes = [writing.drafted("evigraph", "system", "audit", "head file", DONE, {"head_file": loss})]
        appended = writing.append(connection, key, self._after(end, filed), [*notes, *drafts])
        return replace(appended, rows=appended.rows[len(notes) :])

    def keep_step(self, appended: Appended) -> None:
        """Tell the files what was committed."""
        self.witness.advance(appended.head, appended.checkpoints)
        self._unmarked = appended.head.seq not in {mark.seq for mark in appended.checkpoints}

    def checkpoint(self) -> Mark | None:
        """Sign a checkpoint at the head; None where it has one already, or there is no entry."""
        with self._writing:
            with self._database.connection() as connection:
                writing.lock(connection)
                end = writing.newest(connection)
                mark = writing.checkpoint(connection, self._ready(end), end.head) if end.head else None
            if end.head and mark:
                self.witness.advance(end.head, [mark])
            self._unmarked = False
        return mark

    def close(self) -> None:
        """Sign a checkpoint where this process appended entries since the last one."""
        if self._unmarked:
            self.checkpoint()

    def made_key(self) -> Ed25519PrivateKey:
        """The key, made where the trail has no entry yet."""
        with self._writing, self._database.connection() as connection:
            writing.lock(connection)
            return self._ready(writing.newest(connection))

    def known_key(self) -> Ed25519PrivateKey:
        """The key that there is. Raises `AuditError` where there is none."""
        key = keys.private_key(self._pem, _KEY_VARIABLE) if self._pem else keys.stored_key(self._key_file)
        if key is None:
            raise AuditError(
                f"The audit trail's key {self._key_file} is gone; bring it back from a copy, or set {_KEY_VARIABLE}."
            )
        return key

    def _ready(self, end: Newest) -> Ed25519PrivateKey:
        """The key, held against the trail when it is first used; the caller holds the lock."""
        if self._key is not None:
            return self._key
        self._key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _empty(end):
            key = self.known_key() if self._pem or self._key_file.exists() else keys.make_key(self._key_file)
        else:
            key = self.known_key()
            signed = keys.checker(key.public_key())
            if not (end.entry and signed("entry", end.entry)) and not (end.head and signed("head", end.head)):
                source = _KEY_VARIABLE if self._pem else self._key_file
                raise AuditError(
                    f"The audit trail was not signed with the key of {source}; give the one that it was begun with, "
                    "or see `evigraph audit verify`."
                )
        self._key = key
        return key

    def _filed_head(self) -> tuple[Mark | None, str]:
        """The head file's mark, and why there is none."""
        try:
            head = self.witness.head()
        except DamagedWitness:
            return None, "damaged"
        return head, "" if head else "missing"

    def _after(self, end: Newest, filed: Mark | None) -> Mark | None:
        """The entry to append to: the last one, or a signed head beyond it.

        Where entries were cut from the end, the numbers go on after them, so that the gap can be seen for good.
        """
        after = end.entry
        for head in (end.head, filed):
            beyond = head is not None and head.seq > (after.seq if after else 0)
            if head and beyond and self._key and keys.checker(self._key.public_key())("head", head):
                after = head
        return after


def _empty(end: Newest) -> bool:
    return end.entry is None and end.head is None
