"""A variant that a share of users has, watched beside the rest: when it does worse by a guard, all get the default."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select

from governance.database import Database
from governance.flags.book import FlagBook
from governance.flags.model import Flag, Guards
from governance.flags.outcome import Outcome
from governance.flags.rollout import Choice
from governance.flags.tables import SampleRow

#: Of more answers the last ones count.
_MOST = 2000
_P95 = 0.95


@dataclass(frozen=True, slots=True)
class Measured:
    """How the answers of one arm went; None where no answer tells it."""

    answers: int
    error_share: float
    abstention_share: float
    groundedness: float | None
    latency_p95: float | None


class Canary:
    """Watches the flags of a book. Safe to use from several threads. Raises `DatabaseError`."""

    def __init__(
        self, database: Database, book: FlagBook, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database, self._book, self._clock = database, book, clock

    def record(self, choice: Choice, outcome: Outcome) -> str | None:
        """How an answer went with the variant that was chosen; why the flag was rolled back, if it now was."""
        flag = self._book.current().get(choice.key)
        if flag is None or not choice.canary or flag.digest != choice.definition or self._book.rolled_back(flag):
            return None
        with self._database.transaction() as session:
            session.add(
                SampleRow(
                    flag=flag.key,
                    definition=flag.digest,
                    variant=choice.variant,
                    at=self._at(0),
                    failed=outcome.failed,
                    abstained=outcome.abstained,
                    groundedness=outcome.groundedness,
                    latency_ms=outcome.latency_ms,
                )
            )
        if not flag.percent.get(choice.variant):
            return None
        broken = breach(self.measured(flag, choice.variant), self.measured(flag, None), flag.guards)
        if broken is None:
            return None
        reason = f"{choice.variant}: {broken}"
        return reason if self._book.roll_back(flag, reason) else None

    def measured(self, flag: Flag, variant: str | None) -> Measured:
        """The answers of the window with a variant, None for all that no percentage gives."""
        since = self._at(flag.guards.hours)
        query = select(SampleRow).where(
            SampleRow.flag == flag.key, SampleRow.definition == flag.digest, SampleRow.at >= since
        )
        given = [name for name, share in flag.percent.items() if share]
        query = query.where(SampleRow.variant == variant if variant else SampleRow.variant.not_in(given))
        with self._database.transaction() as session:
            session.execute(delete(SampleRow).where(SampleRow.flag == flag.key, SampleRow.at < since))
            return _measured(session.scalars(query.order_by(SampleRow.id.desc()).limit(_MOST)).all())

    def _at(self, hours_ago: float) -> str:
        return (self._clock() - timedelta(hours=hours_ago)).astimezone(UTC).isoformat(timespec="microseconds")


def breach(canary: Measured, control: Measured, guards: Guards) -> str | None:
    """Which guard breaks, in words; None while none does, or while there are too few answers to tell."""
    if min(canary.answers, control.answers) < guards.least:
        return None
    if canary.error_share - control.error_share > guards.error_share:
        return f"{canary.error_share:.0%} of answers failed, of the others {control.error_share:.0%}"
    if canary.abstention_share - control.abstention_share > guards.abstention_share:
        return f"{canary.abstention_share:.0%} of answers abstained, of the others {control.abstention_share:.0%}"
    mine, theirs = canary.groundedness, control.groundedness
    if mine is not None and theirs is not None and theirs - mine > guards.groundedness:
        return f"mean groundedness is {mine:.2f}, of the others {theirs:.2f}"
    mine, theirs = canary.latency_p95, control.latency_p95
    if mine is not None and theirs is not None and mine > theirs * guards.latency_p95:
        return f"the 95th percentile of latency is {mine:.0f} ms, of the others {theirs:.0f} ms"
    return None


def _measured(rows: Sequence[SampleRow]) -> Measured:
    came = [row for row in rows if not row.failed]
    grounded = [row.groundedness for row in came if not row.abstained]
    taken = sorted(row.latency_ms for row in came)
    return Measured(
        answers=len(rows),
        error_share=sum(row.failed for row in rows) / max(len(rows), 1),
        abstention_share=sum(row.abstained for row in came) / max(len(came), 1),
        groundedness=sum(grounded) / len(grounded) if grounded else None,
        latency_p95=taken[min(len(taken) - 1, int(_P95 * len(taken)))] if taken else None,
    )
