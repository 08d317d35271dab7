"""What each corpus is kept for and how long: purpose, retention, legal basis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from governance.database import Database
from governance.privacy.tables import PolicyRow
from kg.store import GraphStore, Row

_EVERY = 10_000_000
#: More days than these go beyond the calendar.
MOST_DAYS = 365_000


class UnusablePolicy(ValueError):
    """A policy cannot be set so; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A corpus' policy; `retention_days` None: without end."""

    corpus: str
    purpose: str
    retention_days: int | None
    legal_basis: str
    set_at: str = ""


class Policies:
    """The policies in the operations database. Raises `DatabaseError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, policy: Policy) -> Policy:
        """Set the policy of a corpus, in place of the one that it had. Raises `UnusablePolicy`."""
        if not policy.corpus.strip() or not policy.purpose.strip():
            raise UnusablePolicy("A policy needs a corpus and a purpose; give both.")
        if policy.retention_days is not None and not 0 < policy.retention_days <= MOST_DAYS:
            raise UnusablePolicy(f"{policy.retention_days} days are no retention; give 1 to {MOST_DAYS:,}.")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._database.transaction() as session:
            row = session.merge(
                PolicyRow(
                    corpus=policy.corpus,
                    purpose=policy.purpose,
                    retention_days=policy.retention_days,
                    legal_basis=policy.legal_basis,
                    set_at=now,
                )
            )
            return _policy(row)

    def all(self) -> list[Policy]:
        """All policies, by corpus."""
        with self._database.transaction() as session:
            return [_policy(row) for row in session.scalars(select(PolicyRow).order_by(PolicyRow.corpus))]

    def expired(self, store: GraphStore, now: datetime | None = None) -> list[Row]:
        """The documents that are older than their corpus' retention, counted from when they were taken in last."""
        moment = now or datetime.now(UTC)
        ends = {
            policy.corpus: moment - timedelta(days=policy.retention_days)
            for policy in self.all()
            if policy.retention_days is not None
        }
        rows: Sequence[Row] = store.run("documents", limit=_EVERY, groups=None).rows if ends else []
        return [row for row in rows if row["corpus"] in ends and _moment(row["ingested_at"]) < ends[row["corpus"]]]


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _policy(row: PolicyRow) -> Policy:
    return Policy(row.corpus, row.purpose, row.retention_days, row.legal_basis, row.set_at)
