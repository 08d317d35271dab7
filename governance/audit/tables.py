"""The tables of the audit trail, and reading rows from them."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Integer, Table, Text, select
from sqlalchemy.orm import Session

from governance.audit.entry import Mark, Row
from governance.database import Base, Database

_NUMBER = BigInteger().with_variant(Integer, "sqlite")
_CHUNK = 2_000
_OPTIONAL = {"who", "who_salt", "target", "target_salt", "details", "details_salt"}


def _marks(name: str) -> list[Column[Any]]:
    return [
        Column("seq", _NUMBER, primary_key=name == "audit_checkpoints", autoincrement=False, nullable=False),
        *(Column(column, Text, nullable=False) for column in ("hash", "at", "signature")),
    ]


ENTRIES = Table(
    "audit_entries",
    Base.metadata,
    Column("seq", _NUMBER, primary_key=True, autoincrement=False),
    *(
        Column(field.name, _NUMBER, nullable=True, index=True)
        if field.name == "ends"
        else Column(field.name, Text, nullable=field.name in _OPTIONAL)
        for field in dataclasses.fields(Row)[1:]
    ),
)
CHECKPOINTS = Table("audit_checkpoints", Base.metadata, *_marks("audit_checkpoints"))
#: One row: the newest entry, signed in the transaction that wrote it.
HEAD = Table("audit_head", Base.metadata, Column("id", Integer, primary_key=True), *_marks("audit_head"))


def chunks(
    database: Database, until: int, conditions: Sequence[ColumnElement[bool]] = (), newest_first: bool = False
) -> Iterator[list[Row]]:
    """The rows with numbers up to `until` that meet the conditions, in order, each chunk read for itself.

    In SQLite even a reader holds the lock, so nothing is worked out while one reads. Raises `DatabaseError`.
    """
    edge = until if newest_first else -(2**63)
    while True:
        with database.transaction() as session:
            found = _chunk(session, edge, until, conditions, newest_first)
        if found:
            yield found
        if len(found) < _CHUNK:
            return
        edge = found[-1].seq - newest_first


def _chunk(
    session: Session, edge: int, until: int, conditions: Sequence[ColumnElement[bool]], newest_first: bool
) -> list[Row]:
    seq = ENTRIES.c.seq
    query = select(ENTRIES).where(*conditions).limit(_CHUNK)
    if newest_first:
        query = query.where(seq <= edge).order_by(seq.desc())
    else:
        query = query.where(seq > edge, seq <= until).order_by(seq)
    return [to_row(values) for values in session.execute(query)]


def to_row(values: Sequence[Any]) -> Row:
    """A row of `ENTRIES`; someone may have put values of any kind into a table of SQLite."""
    plain: list[Any] = [value if value is None or isinstance(value, int | str) else str(value) for value in values]
    return Row(*plain)


def to_mark(values: Sequence[Any]) -> Mark:
    """A mark from seq, hash, at and signature."""
    seq, hashed, at, signature = values
    return Mark(seq, str(hashed), str(at), str(signature))


def as_values(item: Row | Mark) -> dict[str, Any]:
    """A row or mark as the values of its table."""
    return {field.name: getattr(item, field.name) for field in dataclasses.fields(item)}
