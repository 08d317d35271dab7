"""API keys, `evk_<id>_<secret>`: for programs, on behalf of a local user."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from governance.database import Database
from governance.identity.errors import AccountError, NotSignedIn
from governance.identity.principal import Principal, ScopedPrincipal, seen_groups
from governance.identity.tables import KeyRow, UserRow

PREFIX = "evk_"
_NO_HASH = "0" * 64
# Each use is not worth a write: it is told to the minute.
_TOLD_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key, which its secret is not. `scopes`: None for all that the user may do."""

    id: str
    user: str
    scopes: tuple[str, ...] | None
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None


class ApiKeys:
    """The API keys of an operations database. `now` is the clock."""

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database, self._now = database, now

    def create(self, user: str, scopes: Sequence[str] | None = None, days: float | None = None) -> tuple[Key, str]:
        """Make a key of a user, which is good for some days or for ever; with its text, which is never told again.

        Raises `AccountError`, `DatabaseError`.
        """
        secret, now = secrets.token_urlsafe(32), self._now()
        row = KeyRow(
            id=secrets.token_hex(6),
            user_name=user,
            secret_hash=_hash(secret),
            scopes=None if scopes is None else sorted(set(scopes)),
            created_at=_iso(now),
            expires_at=None if days is None else _iso(now + timedelta(days=days)),
        )
        with self._database.transaction() as session:
            if session.get(UserRow, user) is None:
                raise AccountError(f"There is no user {user!r}; add them by `evigraph users add`.")
            session.add(row)
        return _key(row), f"{PREFIX}{row.id}_{secret}"

    def all(self) -> list[Key]:
        """All of them, the oldest first. Raises `DatabaseError`."""
        with self._database.transaction() as session:
            return [_key(row) for row in session.scalars(select(KeyRow).order_by(KeyRow.created_at, KeyRow.id))]

    def rotate(self, identity: str, grace: timedelta = timedelta()) -> tuple[Key, str]:
        """Give a key a new secret; the old one stays good for a while or not at all. Raises as `revoke` does."""
        secret = secrets.token_urlsafe(32)
        with self._database.transaction() as session:
            row = _row(session.get(KeyRow, identity), identity)
            if row.revoked_at is not None:
                raise AccountError(f"The key {identity} is revoked; create another.")
            row.former_hash, row.former_until = None, None
            if grace > timedelta():
                row.former_hash, row.former_until = row.secret_hash, _iso(self._now() + grace)
            row.secret_hash = _hash(secret)
            return _key(row), f"{PREFIX}{row.id}_{secret}"

    def revoke(self, identity: str) -> Key:
        """Make a key good for nothing, at once and for ever. Raises `AccountError`, `DatabaseError`."""
        with self._database.transaction() as session:
            row = _row(session.get(KeyRow, identity), identity)
            row.revoked_at = row.revoked_at or _iso(self._now())
            row.former_hash, row.former_until = None, None
            return _key(row)

    def recognise(self, text: str) -> Principal:
        """Whose key it is. Raises `NotSignedIn`, `DatabaseError`."""
        identity, _, secret = text.removeprefix(PREFIX).partition("_")
        now = self._now()
        with self._database.transaction() as session:
            # No id is longer or other than this, and PostgreSQL takes no NUL.
            row = session.get(KeyRow, identity) if len(identity) <= 16 and identity.isalnum() else None
            good = _fits(row, _hash(secret), now)
            if row is None or not good:
                raise NotSignedIn(
                    f"no key has the id {identity[:16]!r}" if row is None else "the key's secret is wrong"
                )
            if row.revoked_at is not None:
                raise NotSignedIn(f"the key {row.id} is revoked")
            if row.expires_at is not None and now >= datetime.fromisoformat(row.expires_at):
                raise NotSignedIn(f"the key {row.id} expired")
            if row.last_used_at is None or now - datetime.fromisoformat(row.last_used_at) >= _TOLD_EVERY:
                row.last_used_at = _iso(now)
            user = session.get_one(UserRow, row.user_name)
            roles, groups = frozenset(user.roles), seen_groups(user.member_of)
            if row.scopes is None:
                return Principal(user.name, roles, groups, "key")
            return ScopedPrincipal(user.name, roles, groups, "key", frozenset(row.scopes))


def _fits(row: KeyRow | None, hashed: str, now: datetime) -> bool:
    """Compares both hashes in constant time, whatever there is."""
    current = hmac.compare_digest(row.secret_hash if row else _NO_HASH, hashed)
    former = hmac.compare_digest((row.former_hash if row else None) or _NO_HASH, hashed)
    lasts = row is not None and row.former_until is not None and now < datetime.fromisoformat(row.former_until)
    return current or (former and lasts)


def _hash(secret: str) -> str:
    # The secret has 256 random bits, so that no slow hash is needed to keep it from being guessed.
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _row(row: KeyRow | None, identity: str) -> KeyRow:
    if row is None:
        raise AccountError(f"There is no key {identity!r}; `evigraph keys list` tells which there are.")
    return row


def _key(row: KeyRow) -> Key:
    scopes = None if row.scopes is None else tuple(row.scopes)
    return Key(row.id, row.user_name, scopes, row.created_at, row.expires_at, row.revoked_at, row.last_used_at)
