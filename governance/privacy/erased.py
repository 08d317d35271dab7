"""The list of erased names, as salted hashes: whoever was erased does not come back with the next ingest."""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from governance.database import Database
from governance.privacy.forms import Form, Kind
from governance.privacy.masking import Hashed, Masking, hash_of
from governance.privacy.tables import ErasedFormRow, ErasureRow, SaltRow

_SALT_BYTES = 32
BEGUN, DONE = "begun", "done"


@dataclass(frozen=True, slots=True)
class ErasureRecord:
    """That somebody was erased, never who."""

    id: str
    at: str
    by: str
    reason: str
    state: str
    counts: dict[str, Any]


class ErasedNames:
    """The erased names in the operations database. Safe to use from several threads. Raises `DatabaseError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def salt(self) -> bytes:
        """The salt of all hashes, made when it is first asked for."""
        with self._database.transaction() as session:
            row = session.get(SaltRow, 1)
            if row is None:
                row = SaltRow(id=1, salt=secrets.token_bytes(_SALT_BYTES))
                session.add(row)
            return row.salt

    def begin(self, forms: Mapping[Form, Kind], by: str, reason: str) -> str:
        """Put the forms of a name on the list; the id of the erasure. From now on no ingest brings the name back."""
        salt, identity = self.salt(), uuid.uuid4().hex
        with self._database.transaction() as session:
            session.add(ErasureRow(id=identity, at=_now(), by=by, reason=reason, state=BEGUN, counts={}))
            session.flush()
            for form, kind in forms.items():
                hashed = hash_of(form, salt)
                held = session.get(ErasedFormRow, hashed)
                if held is None:
                    session.add(ErasedFormRow(hash=hashed, kind=kind, words=len(form), erasure=identity))
                elif kind == "any":
                    held.kind = kind
        return identity

    def finish(self, identity: str, counts: Mapping[str, Any]) -> None:
        """All is done that this erasure had to do."""
        with self._database.transaction() as session:
            row = session.get_one(ErasureRow, identity)
            row.state, row.counts = DONE, dict(counts)

    def masking(self) -> Masking | None:
        """What takes all erased names out of a document; None while nobody was erased."""
        with self._database.transaction() as session:
            rows = list(session.scalars(select(ErasedFormRow)))
        if not rows:
            return None
        known: dict[str, tuple[str, Kind]] = {row.hash: (row.erasure, _kind(row.kind)) for row in rows}
        lengths = tuple(sorted({row.words for row in rows}, reverse=True))
        return Masking(Hashed(known, self.salt()), lengths, self.salt())

    def records(self) -> list[ErasureRecord]:
        """All erasures, the newest first."""
        with self._database.transaction() as session:
            rows = session.scalars(select(ErasureRow).order_by(ErasureRow.at.desc(), ErasureRow.id))
            return [ErasureRecord(row.id, row.at, row.by, row.reason, row.state, row.counts) for row in rows]


def _kind(text: str) -> Kind:
    return "any" if text == "any" else "capital" if text == "capital" else "part"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
