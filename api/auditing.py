"""The audit trail of the settings: where its key and files are, and the moments that one asks for."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from api.errors import NotAllowed, WrongUse
from api.settings import Settings

if TYPE_CHECKING:
    from governance.audit.trail import AuditTrail
    from governance.database import Database


@contextmanager
def open_trail(settings: Settings) -> Iterator["AuditTrail"]:
    """The audit trail of the settings' database, closed with it afterwards. Raises `DatabaseError`, `AuditError`."""
    from governance.database import Database

    database = Database(settings.database)
    try:
        trail = make_trail(settings, database)
        yield trail
        trail.close()
    finally:
        database.close()


def make_trail(settings: Settings, database: "Database") -> "AuditTrail":
    """The audit trail of a database that is open already; who uses it calls its `close`."""
    from governance.access.errors import NotPermitted
    from governance.audit.trail import AuditTrail

    # From the environment alone: a key does not belong into a file of settings.
    key = os.environ.get("EVIGRAPH_AUDIT_KEY") or None
    return AuditTrail(database, folder(settings), key, refusals=(NotAllowed, NotPermitted, PermissionError))


def folder(settings: Settings) -> Path:
    """Where the trail's key, head and checkpoints are: beside a SQLite file, else in the user's data folder."""
    from sqlalchemy.engine import make_url

    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(f"{url.database}.audit")
    # Each database has its own, however one signs in to it.
    place = hashlib.sha256(f"{url.host}:{url.port}/{url.database}".encode()).hexdigest()[:16]
    return platformdirs.user_data_path("evigraph", appauthor=False) / f"audit-{place}"


def moment(text: str, end: bool = False) -> datetime:
    """A day, or a moment of ISO 8601, as a moment; UTC where it names no zone, and the day's end where `end` is set.

    Raises `WrongUse`.
    """
    try:
        found = datetime.fromisoformat(text)
        is_day = len(text) <= len("2026-11-28")
        if is_day and end:
            found = datetime.combine(found.date() + timedelta(days=1), time())
    except (ValueError, OverflowError) as error:
        raise WrongUse(f"{text!r} is no day or moment; write 2026-11-28 or 2026-11-28T14:30.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@contextmanager
def audited_alone(settings: Settings, database: "Database", action: str, target: str) -> Iterator[None]:
    """An action of the owner on the operations database alone, in the audit trail. Raises `AuditError`."""
    from api.acting import ACTING

    trail = make_trail(settings, database)
    with trail.action(ACTING.get(), action, target):
        yield
    trail.close()
