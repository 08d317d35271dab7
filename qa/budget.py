"""What may be spent on models: per user and per tenant, a day; kept in one small file, asked before every call."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS spent (day TEXT, payer TEXT, usd REAL NOT NULL, PRIMARY KEY (day, payer)) WITHOUT ROWID
"""
_BUSY_SECONDS = 5.0


class LedgerError(RuntimeError):
    """The file in which spending is kept cannot be used; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Purse:
    """What one caller may spend: `limits` in US dollars a day by payer, such as "user maria" and "tenant acme"."""

    ledger: "Ledger"
    limits: Mapping[str, float]

    def left(self) -> float:
        """US dollars left today; infinite where nothing limits."""
        spent = self.ledger.spent(self.limits)
        return min((limit - spent[payer] for payer, limit in self.limits.items()), default=float("inf"))

    def reserve(self, usd: float) -> bool:
        """Set aside what a call may cost at most; False, and nothing is set aside, where that is more than is left."""
        return self.ledger.reserve(self.limits, usd)

    def settle(self, reserved: float, spent: float) -> None:
        """Give back what was set aside and not spent."""
        self.ledger.add(self.limits, spent - reserved)


class Ledger:
    """Spending by day (UTC) and payer in a SQLite file, which several processes may share."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(f"{path.parent} cannot be made ({error.strerror}); set EVIGRAPH_BUDGET_FILE.") from error
        with self._open() as connection:
            connection.execute(_SCHEMA)

    def spent(self, payers: Mapping[str, float]) -> dict[str, float]:
        """US dollars spent or set aside today, by payer."""
        with self._open() as connection:
            return {payer: _spent(connection, payer) for payer in payers}

    def reserve(self, limits: Mapping[str, float], usd: float) -> bool:
        """Add to all payers what stays within the limits of all; else to none."""
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")  # two callers may not both take the last cent
            if any(_spent(connection, payer) + usd > limit for payer, limit in limits.items()):
                connection.execute("ROLLBACK")
                return False
            _add(connection, limits, usd)
            connection.execute("COMMIT")
        return True

    def add(self, payers: Mapping[str, float], usd: float) -> None:
        """Add an amount, which may be negative, to all payers."""
        with self._open() as connection:
            _add(connection, payers, usd)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise LedgerError(f"The spending in {self._path} cannot be kept ({error}); mend or remove it.") from error


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _spent(connection: sqlite3.Connection, payer: str) -> float:
    row = connection.execute("SELECT usd FROM spent WHERE day = ? AND payer = ?", (_today(), payer)).fetchone()
    return float(row[0]) if row else 0.0


def _add(connection: sqlite3.Connection, payers: Mapping[str, float], usd: float) -> None:
    for payer in payers:
        connection.execute(
            "INSERT INTO spent VALUES (?, ?, ?) ON CONFLICT (day, payer) DO UPDATE SET usd = usd + excluded.usd",
            (_today(), payer, usd),
        )
