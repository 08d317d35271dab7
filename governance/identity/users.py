"""Local users: name, password, groups, roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select

from governance.database import Database
from governance.identity.errors import AccountError
from governance.identity.passwords import hash_password
from governance.identity.principal import RESERVED
from governance.identity.tables import KeyRow, UserRow

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class User:
    """A local user; `has_password` is false for one who only has keys."""

    name: str
    groups: tuple[str, ...]
    roles: tuple[str, ...]
    has_password: bool
    created_at: str


class Users:
    """The local users of an operations database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def any(self) -> bool:
        """Whether there is one. Raises `DatabaseError`."""
        with self._database.transaction() as session:
            return session.scalar(select(UserRow.name).limit(1)) is not None

    def add(self, name: str, password: str | None, groups: Sequence[str], roles: Sequence[str]) -> User:
        """Make a user, without a password where that is None. Raises `AccountError`, `DatabaseError`."""
        _check_name(name)
        hashed = None if password is None else hash_password(password)
        row = UserRow(
            name=name,
            password_hash=hashed,
            member_of=_names(groups, "group"),
            roles=_names(roles, "role"),
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        with self._database.transaction() as session:
            if session.get(UserRow, name) is not None:
                raise AccountError(f"There is a user {name!r} already; change or remove them.")
            session.add(row)
        return _user(row)

    def change(self, name: str, groups: Sequence[str] | None, roles: Sequence[str] | None) -> User:
        """Give a user other groups or roles, None leaves them. Raises `AccountError`, `DatabaseError`."""
        with self._database.transaction() as session:
            row = _row(session.get(UserRow, name), name)
            row.member_of = row.member_of if groups is None else _names(groups, "group")
            row.roles = row.roles if roles is None else _names(roles, "role")
            return _user(row)

    def set_password(self, name: str, password: str) -> None:
        """Give a user another password. Raises `AccountError`, `DatabaseError`."""
        hashed = hash_password(password)
        with self._database.transaction() as session:
            _row(session.get(UserRow, name), name).password_hash = hashed

    def remove(self, name: str) -> None:
        """Remove a user with their keys. Raises `AccountError`, `DatabaseError`."""
        with self._database.transaction() as session:
            row = _row(session.get(UserRow, name), name)
            session.execute(delete(KeyRow).where(KeyRow.user_name == name))
            session.delete(row)

    def all(self) -> list[User]:
        """All of them, by name. Raises `DatabaseError`."""
        with self._database.transaction() as session:
            return [_user(row) for row in session.scalars(select(UserRow).order_by(UserRow.name))]

    def find(self, name: str) -> tuple[User, str | None] | None:
        """A user with the hash of their password. Raises `DatabaseError`."""
        if len(name) > _LONGEST_NAME or "\0" in name:
            return None
        with self._database.transaction() as session:
            row = session.get(UserRow, name)
            return None if row is None else (_user(row), row.password_hash)


def _check_name(name: str) -> None:
    if not name.strip() or name != name.strip() or len(name) > _LONGEST_NAME or not name.isprintable() or ":" in name:
        raise AccountError(
            f"{name!r} cannot be a user's name: it is to have 1 to {_LONGEST_NAME} printable characters and no colon."
        )
    if name in RESERVED:
        raise AccountError(f"The name {name!r} is kept for Evigraph itself; choose another.")


def _names(given: Sequence[str], kind: str) -> list[str]:
    for name in given:
        if not name.strip() or not name.isprintable():
            raise AccountError(f"{name!r} cannot be the name of a {kind}.")
    return sorted(set(given))


def _row(row: UserRow | None, name: str) -> UserRow:
    if row is None:
        raise AccountError(f"There is no user {name!r}; `evigraph users list` tells which there are.")
    return row


def _user(row: UserRow) -> User:
    return User(row.name, tuple(row.member_of), tuple(row.roles), row.password_hash is not None, row.created_at)
