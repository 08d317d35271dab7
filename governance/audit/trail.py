"""The audit trail: written, searched, verified, and names taken out of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, event, func, select, update
from sqlalchemy.orm import Session

from governance.audit import keys, writing
from governance.audit.actions import ACTIONS, BEGUN, DONE, FAILED, OUTCOMES, REFUSED
from governance.audit.appender import Appender
from governance.audit.entry import FIELDS, Entry, Field, Mark, Row, plain, read
from governance.audit.erasing import folded, found_in, listing, never
from governance.audit.export import Form, lines
from governance.audit.tables import CHECKPOINTS, ENTRIES, chunks, to_mark, to_row
from governance.audit.verification import Fault, Marks, faults
from governance.audit.witness import DamagedWitness
from governance.audit.writing import Appended, drafted
from governance.database import Database
from governance.identity.principal import Principal

_AT_ONCE = 500
_ERASED = "erased"


class AuditTrail:
    """The trail of an operations database. Safe to use from several threads, and by several processes at once.

    Its methods run transactions of their own: called within one of the same SQLite database they wait in vain, so what
    is to be audited is written before or after. Every method raises `AuditError`, `DatabaseError` or `OSError` where
    the key, the database or the files cannot be used.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        key: str | None = None,
        refusals: tuple[type[BaseException], ...] = (PermissionError,),
    ) -> None:
        """`folder` keeps the key, the head and the checkpoints; it is made when the first entry is written.

        `key` is a private key as PEM that takes the place of the folder's own. An action that raises one of `refusals`
        counts as refused, not failed.
        """
        self._database = database
        self._refusals = refusals
        self._appender = Appender(database, folder, key)

    def record(self, who: Principal, action: str, target: str, outcome: str, details: Mapping[str, Any] = {}) -> Entry:
        """Append an entry. Raises `ValueError` for an unknown verb or outcome, and details that JSON cannot hold."""
        return self._record(who, action, target, outcome, details, None)

    @contextmanager
    def action(
        self, who: Principal, action: str, target: str, details: Mapping[str, Any] = {}
    ) -> Iterator[dict[str, Any]]:
        """Append "begun", run the block, append how it ended, with what the block put into the dictionary.

        Where "begun" cannot be written, the block does not run. Where it is killed midway, `unfinished` tells of it.
        """
        begun = self._record(who, action, target, BEGUN, details, None)
        told: dict[str, Any] = {}
        try:
            yield told
        except BaseException as error:
            outcome = REFUSED if isinstance(error, self._refusals) else FAILED
            self._record(who, action, target, outcome, told | {"error": type(error).__name__}, begun.seq)
            raise
        self._record(who, action, target, DONE, told, begun.seq)

    def unfinished(self) -> list[Entry]:
        """The begun actions without an end: they still run, or were cut off."""
        ends = ENTRIES.alias()
        query = select(ENTRIES).where(ENTRIES.c.outcome == BEGUN).order_by(ENTRIES.c.seq)
        query = query.where(~select(ends.c.seq).where(ends.c.ends == ENTRIES.c.seq).exists())
        with self._database.transaction() as session:
            found = [to_row(values) for values in session.execute(query)]
        return [read(row) for row in found]

    def search(
        self,
        who: str | None = None,
        action: str | None = None,
        outcome: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        text: str | None = None,
        limit: int = 100,
    ) -> list[Entry]:
        """The newest entries that meet all that is given, in order of time.

        From `since` on and before `until`, in UTC where they name no zone; `text` is in who, target or details,
        whatever its case.
        """
        given = {"who": who, "action": action, "outcome": outcome}
        conditions: list[ColumnElement[bool]] = [ENTRIES.c[name] == value for name, value in given.items() if value]
        if since:
            conditions.append(ENTRIES.c.at >= _moment(since))
        if until:
            conditions.append(ENTRIES.c.at < _moment(until))
        found: list[Entry] = []
        for chunk in chunks(self._database, self._last(), conditions, newest_first=True):
            found += [read(row) for row in chunk if not text or found_in(row, [folded(text)])]
            if len(found) >= limit:
                break
        return found[:limit][::-1]

    def export(self, form: Form = "jsonl") -> Iterator[str]:
        """All entries as lines of JSON or CSV; see `governance.audit.export`."""
        return lines(self._rows(self._last()), form)

    def erase(
        self,
        who: Principal,
        names: Sequence[str],
        session: Session | None = None,
        also: Callable[[str], bool] = never,
    ) -> int:
        """Blank every who, target and details that contains one of the names, whatever its case; returns how many.

        `also` says of other texts that they are to go as well.

        Appends an entry that lists them by number and holds no name. In `session`, which must come from `transaction`
        of the same database, it is done or undone with what else happens there. Raises `ValueError` without a name.
        """
        sought = [name for name in map(folded, names) if name]
        if not sought:
            raise ValueError("There is no name to erase; give at least one.")
        if session is not None:
            count, appended = self._erase(session, who, sought, also)
            event.listen(session, "after_commit", lambda _: self._appender.keep_step(appended), once=True)
            return count
        with self._appender.alone():
            with self._database.transaction() as own:
                count, appended = self._erase(own, who, sought, also)
            self._appender.keep_step(appended)
        return count

    def verify(self, public_key: str | None = None) -> list[Fault]:
        """What is wrong with the trail, in order of place; nothing where it is whole.

        `public_key` is one that was exported before, as PEM: it tells whether the trail was signed anew with another.
        """
        public = keys.public_key(public_key, "The given key") if public_key is not None else None
        while True:
            marks, last, erasures = self._marks()
            if not last and not any(True for _ in marks.named()) and not marks.damaged:
                return []
            public = public or self._appender.known_key().public_key()
            found = faults(self._rows(last), marks, keys.checker(public))
            # An erasure meanwhile may have blanked values that only an entry after the last one looked at tells of.
            if self._marks()[2] == erasures:
                return found

    def checkpoint(self) -> Mark | None:
        """Sign a checkpoint at the newest entry; None where it has one already, or there is no entry."""
        return self._appender.checkpoint()

    def public_key(self) -> str:
        """The public key as PEM, with which others can verify the trail; made where there is no entry yet."""
        return keys.as_pem(self._appender.made_key().public_key())

    def close(self) -> None:
        """Sign a checkpoint where entries were appended since the last one; the database stays open."""
        self._appender.close()

    def _record(
        self, who: Principal, action: str, target: str, outcome: str, details: Mapping[str, Any], ends: int | None
    ) -> Entry:
        if action not in ACTIONS:
            raise ValueError(f"{action!r} is no verb of the audit trail; add it to governance/audit/actions.py.")
        if outcome not in OUTCOMES:
            raise ValueError(f"{outcome!r} is no outcome; known are {', '.join(OUTCOMES)}.")
        draft = drafted(plain(who.user), plain(who.how), action, plain(target), outcome, dict(details), ends)
        return read(self._appender.one(draft))

    def _erase(
        self, session: Session, who: Principal, sought: Sequence[str], also: Callable[[str], bool]
    ) -> tuple[int, Appended]:
        writing.lock(session.connection())
        query = select(ENTRIES).order_by(ENTRIES.c.seq).execution_options(yield_per=_AT_ONCE)
        places: list[tuple[int, Field]] = []
        for values in session.execute(query):
            row = to_row(values)
            places += [(row.seq, field) for field in found_in(row, sought, also)]
        for field in FIELDS:
            seqs = [seq for seq, named in places if named == field]
            blank = {field: None, f"{field}_salt": None}
            for start in range(0, len(seqs), _AT_ONCE):
                some = ENTRIES.c.seq.in_(seqs[start : start + _AT_ONCE])
                session.execute(update(ENTRIES).where(some).values(blank))
        # One who erases themselves is not to be found in the entry that tells of it.
        named = also(who.user) or any(name in folded(who.user) for name in sought)
        user = _ERASED if named else plain(who.user)
        told: dict[str, object] = {"values": len(places)}
        draft = drafted(user, plain(who.how), "erase", "audit trail", DONE, told, blanked=listing(places))
        return len(places), self._appender.within(session.connection(), [draft])

    def _rows(self, until: int) -> Iterator[Row]:
        return (row for chunk in chunks(self._database, until) for row in chunk)

    def _last(self) -> int:
        with self._database.transaction() as session:
            return session.execute(select(func.max(ENTRIES.c.seq))).scalar() or 0

    def _marks(self) -> tuple[Marks, int, int]:
        """All marks, the last entry's number and how many erasures there were, at one moment."""
        witness, damaged = self._appender.witness, []
        filed_head, filed = None, []
        # The files first: they are never ahead of the database.
        try:
            filed_head = witness.head()
        except DamagedWitness as error:
            damaged.append(str(error))
        try:
            filed = witness.checkpoints()
        except DamagedWitness as error:
            damaged.append(str(error))
        with self._database.connection() as connection:
            writing.lock(connection)
            columns = (CHECKPOINTS.c.seq, CHECKPOINTS.c.hash, CHECKPOINTS.c.at, CHECKPOINTS.c.signature)
            checkpoints = [to_mark(values) for values in connection.execute(select(*columns))]
            end = writing.newest(connection)
            erasures = connection.execute(select(func.count()).where(ENTRIES.c.blanked != "")).scalar_one()
        last = end.entry.seq if end.entry else 0
        return Marks(end.head, checkpoints, filed_head, filed, damaged), last, erasures


def _moment(moment: datetime) -> str:
    """A moment as the entries write it, UTC."""
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return zoned.astimezone(UTC).isoformat(timespec="microseconds")
