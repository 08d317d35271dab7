"""Appending to the audit trail within a transaction: numbers, links, signatures, checkpoints."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, select, text, update

from governance.audit.entry import GENESIS, Field, Mark, Row, canonical, commitment, digest
from governance.audit.keys import sign
from governance.audit.tables import CHECKPOINTS, ENTRIES, HEAD, as_values, to_mark
from governance.audit.verification import EVERY

# Any number: whoever appends to the trail of a PostgreSQL database holds this advisory lock.
_APPENDING = 7_342_002
# Built once: building a statement takes as long as running it, and each action runs these.
_NEWEST_ENTRY = (
    select(ENTRIES.c.seq, ENTRIES.c.hash, ENTRIES.c.at, ENTRIES.c.signature).order_by(ENTRIES.c.seq.desc()).limit(1)
)
_HEAD = select(HEAD.c.seq, HEAD.c.hash, HEAD.c.at, HEAD.c.signature)
_ADD_ENTRIES, _MOVE_HEAD = insert(ENTRIES), update(HEAD).where(HEAD.c.id == 1)


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be written; `details` is canonical JSON."""

    who: str
    how: str
    action: str
    target: str
    outcome: str
    details: str
    ends: int | None = None
    blanked: str = ""


def drafted(
    who: str,
    how: str,
    action: str,
    target: str,
    outcome: str,
    details: dict[str, object],
    ends: int | None = None,
    blanked: str = "",
) -> Draft:
    """A draft with its details as JSON. Raises `ValueError` where they have none."""
    return Draft(who, how, action, target, outcome, canonical(details), ends, blanked)


@dataclass(frozen=True, slots=True)
class Newest:
    """The last entry in the table and the head beside it, None in a trail without entries."""

    entry: Mark | None
    head: Mark | None


@dataclass(frozen=True, slots=True)
class Appended:
    """What one transaction appended."""

    rows: list[Row]
    head: Mark
    checkpoints: list[Mark]


def lock(connection: Connection) -> None:
    """Wait until nobody else appends; ends with the transaction. In SQLite the transaction itself is that lock."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _APPENDING})


def newest(connection: Connection) -> Newest:
    """The end of the trail as the database tells it."""
    entry, head = connection.execute(_NEWEST_ENTRY).first(), connection.execute(_HEAD).first()
    return Newest(to_mark(entry) if entry else None, to_mark(head) if head else None)


def append(connection: Connection, key: Ed25519PrivateKey, after: Mark | None, drafts: Sequence[Draft]) -> Appended:
    """Write entries after the given one, the head, and the checkpoints that are due; the caller holds the `lock`."""
    seq, previous = (after.seq, after.hash) if after else (0, GENESIS)
    rows: list[Row] = []
    for draft in drafts:
        seq += 1
        rows.append(_row(key, seq, previous, draft))
        previous = rows[-1].hash
    last = rows[-1]
    connection.execute(_ADD_ENTRIES, [as_values(row) for row in rows])
    head = sign(key, "head", last.seq, last.hash, last.at)
    if not connection.execute(_MOVE_HEAD, as_values(head)).rowcount:
        connection.execute(insert(HEAD).values(id=1, **as_values(head)))
    due = [sign(key, "checkpoint", row.seq, row.hash, row.at) for row in rows if row.seq % EVERY == 0]
    if due:
        connection.execute(insert(CHECKPOINTS), [as_values(mark) for mark in due])
    return Appended(rows, head, due)


def checkpoint(connection: Connection, key: Ed25519PrivateKey, head: Mark) -> Mark | None:
    """A checkpoint at the head, None where there is one already; the caller holds the `lock`."""
    if connection.execute(select(CHECKPOINTS.c.seq).where(CHECKPOINTS.c.seq == head.seq)).first():
        return None
    mark = sign(key, "checkpoint", head.seq, head.hash, _now())
    connection.execute(insert(CHECKPOINTS).values(as_values(mark)))
    return mark


def first_head(key: Ed25519PrivateKey) -> Mark:
    """The head of a trail without entries."""
    return sign(key, "head", 0, GENESIS, _now())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _row(key: Ed25519PrivateKey, seq: int, previous: str, draft: Draft) -> Row:
    clear: dict[Field, str] = {"who": draft.who, "target": draft.target, "details": draft.details}
    salts = {field: secrets.token_hex(16) for field in clear}
    sealed = {field: commitment(field, value, salts[field]) for field, value in clear.items()}
    row = Row(
        seq=seq,
        at=_now(),
        how=draft.how,
        action=draft.action,
        outcome=draft.outcome,
        ends=draft.ends,
        blanked=draft.blanked,
        who_commitment=sealed["who"],
        target_commitment=sealed["target"],
        details_commitment=sealed["details"],
        previous=previous,
        hash="",
        signature="",
        who=draft.who,
        who_salt=salts["who"],
        target=draft.target,
        target_salt=salts["target"],
        details=draft.details,
        details_salt=salts["details"],
    )
    hashed = digest(row)
    return replace(row, hash=hashed, signature=sign(key, "entry", seq, hashed, row.at).signature)
