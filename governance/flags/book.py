"""The flags as they are set, in a file or in the operations database; who changed them, and what was rolled back."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from governance.database import Database
from governance.flags.model import Flag, UnusableFlags, as_data, checked, from_data, load_flags
from governance.flags.tables import FlagRow, HistoryRow, RollbackRow

#: Who rolls a flag back whose guard broke.
GUARD = "guard"
_FRESH_SECONDS = 1.0
_MOST_SHARES = 2

#: Who changed which flag, from what to what, and why.
OnSwitch = Callable[[str, str, Mapping[str, Any], Mapping[str, Any], str], None]


def nobody_hears(who: str, flag: str, before: Mapping[str, Any], after: Mapping[str, Any], reason: str) -> None:
    """Tells nobody of a change."""


class UnknownFlag(LookupError):
    """There is no flag of that name; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to change of a flag; what is not given stays. A user's, group's or shadow's variant "" takes it away."""

    default: str | None = None
    percent: Mapping[str, float] | None = None
    users: Mapping[str, str] | None = None
    groups: Mapping[str, str] | None = None
    shadow: str | None = None


@dataclass(frozen=True, slots=True)
class Switched:
    """A change of a flag; `before` and `after` are definitions (see `model.as_data`)."""

    at: str
    who: str
    flag: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str


@dataclass(frozen=True, slots=True)
class _Held:
    flags: dict[str, Flag]
    rolled_back: dict[tuple[str, str], str]
    until: float


class FlagBook:
    """All flags. Safe to use from several threads; a change by another process shows within a second.

    `path` None: the flags are in the database, the shipped ones as long as nobody set them. `on_switch` hears of each
    change once it is kept. Raises `DatabaseError`, `UnusableFlags`.
    """

    def __init__(self, database: Database, path: Path | None = None, on_switch: OnSwitch = nobody_hears) -> None:
        self._database, self._path, self._on_switch = database, path, on_switch
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self.current()

    @property
    def source(self) -> str:
        """Where the flags are: "file" or "database"."""
        return "database" if self._path is None else "file"

    def current(self) -> dict[str, Flag]:
        """The flags as they are set, by key."""
        return self._fresh().flags

    def get(self, key: str) -> Flag:
        """One flag. Raises `UnknownFlag`."""
        try:
            return self.current()[key]
        except KeyError:
            known = ", ".join(sorted(self.current()))
            raise UnknownFlag(f"There is no flag {key!r}; there are {known}.") from None

    def rolled_back(self, flag: Flag) -> str | None:
        """Why all get the default of a flag, None where they do not."""
        return self._fresh().rolled_back.get((flag.key, flag.digest))

    def switch(self, who: str, key: str, change: Change, reason: str) -> Flag:
        """Change a flag; the flag as it is then. What was rolled back is in force again.

        Raises `UnknownFlag`, `UnusableFlags`.
        """
        if self._path is not None:
            raise UnusableFlags(f"The flags are in {self._path}; change them there, or unset EVIGRAPH_FLAGS.")
        shipped = self.get(key)
        with self._database.transaction() as session:
            before = from_data(_locked(session, shipped).definition)
            after = checked(_changed(before, change), "What is to be set")
            session.merge(FlagRow(key=key, definition=as_data(after), changed_at=_now()))
            session.execute(delete(RollbackRow).where(RollbackRow.flag == key))
            self._note(session, who, before, as_data(after), reason)
        self._forget()
        self._on_switch(who, key, as_data(before), as_data(after), reason)
        return after

    def roll_back(self, flag: Flag, reason: str) -> bool:
        """Give all the default of a flag as long as it is defined so; whether this did it, and nobody before."""
        before, after = as_data(flag), as_data(replace(flag, users={}, groups={}, percent={}))
        try:
            with self._database.transaction() as session:
                session.add(RollbackRow(flag=flag.key, definition=flag.digest, at=_now(), reason=reason))
                session.flush()
                self._note(session, GUARD, flag, after, reason)
        except Exception as error:
            if isinstance(error.__cause__, IntegrityError):
                return False
            raise
        finally:
            self._forget()
        self._on_switch(GUARD, flag.key, before, after, reason)
        return True

    def history(self, key: str | None = None, limit: int = 100) -> list[Switched]:
        """The last changes, of one flag or all, the newest first."""
        query = select(HistoryRow).order_by(HistoryRow.id.desc()).limit(limit)
        if key is not None:
            query = query.where(HistoryRow.flag == key)
        with self._database.transaction() as session:
            return [
                Switched(row.at, row.who, row.flag, row.before, row.after, row.reason) for row in session.scalars(query)
            ]

    def _fresh(self) -> _Held:
        held = self._held
        if held is not None and time.monotonic() < held.until:
            return held
        with self._lock:
            flags = load_flags(self._path)
            with self._database.transaction() as session:
                if self._path is None:
                    flags |= {row.key: from_data(row.definition) for row in session.scalars(select(FlagRow))}
                rows = session.scalars(select(RollbackRow))
                rolled_back = {(row.flag, row.definition): row.reason for row in rows}
            self._held = held = _Held(flags, rolled_back, time.monotonic() + _FRESH_SECONDS)
            return held

    def _forget(self) -> None:
        with self._lock:
            self._held = None

    def _note(self, session: Session, who: str, before: Flag, after: dict[str, Any], reason: str) -> None:
        session.add(HistoryRow(at=_now(), who=who, flag=before.key, before=as_data(before), after=after, reason=reason))


def _locked(session: Session, shipped: Flag) -> FlagRow:
    """A flag's row, for this transaction alone; made of the shipped flag where nobody set it yet."""
    row = session.get(FlagRow, shipped.key, with_for_update=True)
    if row is None:
        try:
            with session.begin_nested():
                row = FlagRow(key=shipped.key, definition=as_data(shipped), changed_at=_now())
                session.add(row)
        except IntegrityError:  # another process was faster
            row = session.get_one(FlagRow, shipped.key, with_for_update=True)
    return row


def _changed(flag: Flag, change: Change) -> Flag:
    percent = {**flag.percent, **(change.percent or {})}
    # A share of 0 keeps its end of the scale, so that the other one's users stay; it makes room when both are taken.
    if len(percent) > _MOST_SHARES:
        percent = {variant: share for variant, share in percent.items() if share}
    return replace(
        flag,
        default=flag.default if change.default is None else change.default,
        percent=percent if any(percent.values()) else {},
        users=_named({**flag.users, **(change.users or {})}),
        groups=_named({**flag.groups, **(change.groups or {})}),
        shadow=flag.shadow if change.shadow is None else change.shadow,
    )


def _named(variants: Mapping[str, str]) -> dict[str, str]:
    return {name: variant for name, variant in variants.items() if variant}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
