"""The review queue in the database: items come in, are taken, decided by one or two people, and go on when overdue."""

import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from governance.database import Database
from governance.review.items import VERDICTS, Item, Kind, New, NoSuchItem, ReviewRefused, State, Step, Verdict
from governance.review.tables import ItemRow, StepRow

#: Who moves an item that nobody decided in time.
CLOCK = "clock"
_OPENED, _TAKEN, _ESCALATED = "opened", "taken", "escalated"
# Whoever carries a decision out is not at it any longer than this: then they were interrupted.
_DECIDING = timedelta(minutes=5)

Clock = Callable[[], datetime]


def now_utc() -> datetime:
    """Now."""
    return datetime.now(UTC)


class Shelf:
    """The items. Safe to use from several threads and processes. Raises `DatabaseError`."""

    def __init__(self, database: Database, clock: Clock = now_utc) -> None:
        self._database, self._clock = database, clock

    def put(self, new: New, again: bool = False) -> Item:
        """Have something looked at; what is in the queue already stays as it is.

        `again`: what was decided is to be decided once more.
        """
        with self._database.transaction() as session:
            row = _of_subject(session, new)
            if row is None:
                try:
                    with session.begin_nested():
                        row = ItemRow(id=uuid.uuid4().hex, kind=new.kind, subject=new.subject)
                        self._open(session, row, new)
                except IntegrityError:  # another process was faster
                    row = _of_subject(session, new)
            elif again and row.state == "done":
                self._open(session, row, new)
            assert row is not None  # noqa: S101 - it was found or made
            return self._item(row)

    def of_subjects(self, kind: Kind, subjects: Collection[str]) -> dict[str, str]:
        """The state of those of some things that are or were in the queue, by subject."""
        found: dict[str, str] = {}
        listed = sorted(set(subjects))
        with self._database.transaction() as session:
            for start in range(0, len(listed), 500):
                query = select(ItemRow.subject, ItemRow.state).where(
                    ItemRow.kind == kind, ItemRow.subject.in_(listed[start : start + 500])
                )
                found |= {row.subject: row.state for row in session.execute(query)}
        return found

    def listed(self, states: Sequence[State], kinds: Sequence[Kind]) -> list[Item]:
        """The items in these states, without their steps, those due first at the top."""
        query = select(ItemRow).where(ItemRow.state.in_(states), ItemRow.kind.in_(kinds))
        with self._database.transaction() as session:
            rows = session.scalars(query.order_by(ItemRow.due_at, ItemRow.created_at, ItemRow.id)).all()
            return [self._item(row) for row in rows]

    def get(self, identity: str) -> Item:
        """One item with its steps. Raises `NoSuchItem`."""
        with self._database.transaction() as session:
            row = session.get(ItemRow, identity)
            if row is None:
                raise NoSuchItem(f"There is no review item {identity!r}; `evigraph review list` lists them.")
            return self._item(row, _steps(session, identity))

    def take(self, identity: str, who: str) -> None:
        """Let others know who looks at it. Raises `NoSuchItem`, `ReviewRefused`."""
        with self._database.transaction() as session:
            row = self._undecided(session, identity, who)
            row.taken_by = who
            self._step(session, row, who, _TAKEN)

    def claim(self, identity: str, who: str, verdict: Verdict, text: str | None, reason: str) -> tuple[Item, bool]:
        """A verdict; the item, and whether it is decided by it, and so to be carried out by the caller.

        Where two have to say the same, it is decided when the last two verdicts are alike and of two users, the second
        not of the one who asked; when they differ it goes on to the next owner. Raises `NoSuchItem`, `ReviewRefused`.
        """
        with self._database.transaction() as session:
            row = self._undecided(session, identity, who)
            before = _last_verdict(session, identity) if row.four_eyes else None
            if before is not None and before.who == who:
                raise ReviewRefused(f"You decided already; the item {identity} takes a second user.")
            if before is not None and row.asker == who:
                raise ReviewRefused(f"You asked for this yourself; the item {identity} takes another second user.")
            text = None if text is None else _plain(text)
            agreed = before is not None and (before.what, before.text) == (verdict, text)
            self._step(session, row, who, verdict, _plain(reason), text)
            row.taken_by = None
            decided = agreed or not row.four_eyes
            row.state = "deciding" if decided else "second"
            row.claimed_at = self._now() if decided else None
            if before is not None and not agreed:
                self._go_on(session, row, who, "two verdicts differ")
            return self._item(row, _steps(session, identity)), decided

    def settle(self, identity: str, verdict: Verdict, text: str | None) -> Item:
        """What was decided is carried out."""
        with self._database.transaction() as session:
            row = _locked(session, identity)
            row.state, row.verdict, row.text = "done", verdict, None if text is None else _plain(text)
            row.claimed_at, row.decided_at = None, self._now()
            return self._item(row, _steps(session, identity))

    def release(self, identity: str) -> None:
        """What was decided could not be carried out: the last verdict does not count."""
        with self._database.transaction() as session:
            row = _locked(session, identity)
            last = _last_verdict(session, identity)
            if last is not None:
                session.delete(last)
                session.flush()
            row.claimed_at = None
            row.state = "open" if _last_verdict(session, identity) is None else "second"

    def escalate(self) -> list[Item]:
        """Give what is overdue to the next owner; the items that went on."""
        query = select(ItemRow).where(ItemRow.state.in_(("open", "second")), ItemRow.due_at < self._now())
        with self._database.transaction() as session:
            rows = session.scalars(query.order_by(ItemRow.due_at, ItemRow.id).with_for_update()).all()
            gone = [row for row in rows if self._go_on(session, row, CLOCK, "it was overdue")]
            return [self._item(row) for row in gone]

    def forget(self, identities: Collection[str]) -> int:
        """Drop items with all that became of them; how many there were."""
        with self._database.transaction() as session:
            session.execute(delete(StepRow).where(StepRow.item_id.in_(identities)))
            return len(session.scalars(delete(ItemRow).where(ItemRow.id.in_(identities)).returning(ItemRow.id)).all())

    def _open(self, session: Session, row: ItemRow, new: New) -> None:
        handling = new.handling
        row.title, row.payload, row.documents = _plain(new.title), new.payload, new.documents
        row.rule, row.asker = _plain(new.rule), _plain(new.asker)
        row.owner, row.path, row.four_eyes = handling.owner, list(handling.then), handling.four_eyes
        row.due_hours, row.due_at = handling.due_hours, self._due(handling.due_hours)
        row.state, row.taken_by, row.created_at, row.claimed_at = "open", None, self._now(), None
        row.verdict = row.text = row.decided_at = None
        session.add(row)
        session.flush()
        self._step(session, row, new.asker, _OPENED, new.rule)

    def _undecided(self, session: Session, identity: str, who: str) -> ItemRow:
        row = _locked(session, identity)
        if row.state == "done":
            raise ReviewRefused(f"The item {identity} was decided on {(row.decided_at or '')[:10]}: {row.verdict}.")
        if row.state == "deciding" and (row.claimed_at or "") > _iso(self._clock() - _DECIDING):
            raise ReviewRefused(f"The item {identity} is being decided by another user; look at it again in a moment.")
        if row.taken_by not in (None, who):
            raise ReviewRefused(f"{row.taken_by} has taken the item {identity}; let them decide it.")
        return row

    def _go_on(self, session: Session, row: ItemRow, who: str, reason: str) -> bool:
        """Give an item to its next owner, if there is one."""
        if not row.path:
            return False
        row.owner, *rest = row.path
        row.path, row.taken_by, row.due_at = rest, None, self._due(row.due_hours)
        self._step(session, row, who, _ESCALATED, f"{reason}; now for {row.owner}")
        return True

    def _step(
        self, session: Session, row: ItemRow, who: str, what: str, reason: str = "", text: str | None = None
    ) -> None:
        session.add(StepRow(item_id=row.id, at=self._now(), who=_plain(who), what=what, text=text, reason=reason))
        session.flush()

    def _now(self) -> str:
        return _iso(self._clock())

    def _due(self, hours: float) -> str:
        return _iso(self._clock() + timedelta(hours=hours))

    def _item(self, row: ItemRow, steps: tuple[Step, ...] = ()) -> Item:
        return Item(
            id=row.id,
            kind=cast(Kind, row.kind),
            title=row.title,
            payload=row.payload,
            rule=row.rule,
            asker=row.asker,
            owner=row.owner,
            then=tuple(row.path),
            due_at=row.due_at,
            overdue=row.state != "done" and row.due_at < self._now(),
            four_eyes=row.four_eyes,
            state=cast(State, row.state),
            taken_by=row.taken_by,
            created_at=row.created_at,
            verdict=cast(Verdict | None, row.verdict),
            text=row.text,
            decided_at=row.decided_at,
            documents=tuple(tuple(group) for group in row.documents),
            steps=steps,
        )


def _of_subject(session: Session, new: New) -> ItemRow | None:
    query = select(ItemRow).where(ItemRow.kind == new.kind, ItemRow.subject == new.subject)
    return session.scalars(query.with_for_update()).one_or_none()


def _locked(session: Session, identity: str) -> ItemRow:
    row = session.get(ItemRow, identity, with_for_update=True)
    if row is None:
        raise NoSuchItem(f"There is no review item {identity!r}; `evigraph review list` lists them.")
    return row


def _steps(session: Session, identity: str) -> tuple[Step, ...]:
    rows = session.scalars(select(StepRow).where(StepRow.item_id == identity).order_by(StepRow.id))
    return tuple(Step(row.at, row.who, row.what, row.text, row.reason) for row in rows)


def _last_verdict(session: Session, identity: str) -> StepRow | None:
    """The last verdict since the item was opened."""
    rows = session.scalars(
        select(StepRow)
        .where(StepRow.item_id == identity, StepRow.what.in_((*VERDICTS, _OPENED)))
        .order_by(StepRow.id.desc())
        .limit(1)
    )
    last = rows.one_or_none()
    return None if last is None or last.what == _OPENED else last


def _plain(text: str) -> str:
    # PostgreSQL holds no NUL, no database a lone surrogate.
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
