"""What the audit trail holds, and the exact bytes that are hashed and signed (docs/audit.md tells them to auditors)."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

#: What the first entry names as its former one.
GENESIS = "0" * 64
#: The fields that may hold a name: the chain has only commitments to them, so that they can be erased.
Field = Literal["who", "target", "details"]
FIELDS: tuple[Field, ...] = ("who", "target", "details")
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), default=str)


class AuditError(RuntimeError):
    """The audit trail cannot be used; the message is one sentence that says what to mend."""


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it is stored.

    `ends` is the number of the begun entry that this one ends. `blanked` tells which values this entry erased, as
    `governance.audit.erasing.listing` writes it, or "". The hash covers the fields up to `previous`; `signature` is
    over number, hash and time. The clear values with their salts follow: both are None once they are erased.
    `details` is canonical JSON.
    """

    seq: int
    at: str
    how: str
    action: str
    outcome: str
    ends: int | None
    blanked: str
    who_commitment: str
    target_commitment: str
    details_commitment: str
    previous: str
    hash: str
    signature: str
    who: str | None
    who_salt: str | None
    target: str | None
    target_salt: str | None
    details: str | None
    details_salt: str | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A signed statement that the trail's entry `seq` has this hash: a checkpoint, or the head."""

    seq: int
    hash: str
    at: str
    signature: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry for readers; `who`, `target` and `details` are None where they were erased."""

    seq: int
    at: str
    who: str | None
    how: str
    action: str
    target: str | None
    outcome: str
    details: Any
    ends: int | None
    previous: str
    hash: str


def canonical(value: Any) -> str:
    """A value's one JSON text: keys sorted, no white space, no escapes but those that JSON needs (as RFC 8785).

    What JSON has no form for is written as text. Raises `ValueError` for NaN, infinity and what holds itself.
    """
    text = _ENCODER.encode(value)
    return text.encode("utf-8", "backslashreplace").decode()  # a lone surrogate becomes its JSON escape


def plain(text: str) -> str:
    """A text that every database can keep: lone surrogates (in names of files) and null characters are spelt out."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def commitment(field: Field, clear: str, salt: str) -> str:
    """SHA-256 over the salt's bytes and the canonical JSON of the value. Raises `ValueError` for a salt not in hex."""
    value = clear if field == "details" else canonical(clear)
    return hashlib.sha256(bytes.fromhex(salt) + value.encode()).hexdigest()


def digest(row: Row) -> str:
    """The hash that a row should have: SHA-256 over the canonical JSON of what the chain covers."""
    covered = {
        "action": row.action,
        "at": row.at,
        "blanked": row.blanked,
        "details": row.details_commitment,
        "ends": row.ends,
        "how": row.how,
        "outcome": row.outcome,
        "previous": row.previous,
        "seq": row.seq,
        "target": row.target_commitment,
        "who": row.who_commitment,
    }
    return hashlib.sha256(canonical(covered).encode()).hexdigest()


def statement(kind: Literal["entry", "checkpoint", "head"], seq: int, hashed: str, at: str) -> bytes:
    """The bytes that are signed; the kind is among them, so that no signature can be used for another purpose."""
    return canonical({"at": at, "hash": hashed, "kind": kind, "seq": seq}).encode()


def read(row: Row) -> Entry:
    """A row as readers see it; details that are no JSON any more are shown as the text that they are."""
    try:
        details = None if row.details is None else json.loads(row.details)
    except ValueError:
        details = row.details
    return Entry(
        row.seq,
        row.at,
        row.who,
        row.how,
        row.action,
        row.target,
        row.outcome,
        details,
        row.ends,
        row.previous,
        row.hash,
    )
