"""The operations database: what Evigraph must remember beside the graph. SQLite by default, PostgreSQL by URL."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

_MIGRATIONS = Path(__file__).parent / "migrations"
# Any number: whoever migrates a PostgreSQL database holds this advisory lock.
_MIGRATING = 7_342_001
_BUSY_SECONDS = 30
_LEFT_BY_SQLITE = "Another process reads the operations database, so its log still holds what was deleted; close it."
_LEFT_BY_POSTGRESQL = "PostgreSQL keeps what was deleted in its log (WAL), archives and backups until they expire."


class DatabaseError(RuntimeError):
    """The operations database cannot be used; the message is one sentence that says what to mend."""


class Base(DeclarativeBase):
    """The tables; each part of `governance` declares its own and has its own migration."""


class Database:
    """An open operations database, its tables as this code needs them. Safe to use from several threads."""

    def __init__(self, url: str) -> None:
        """Open a database by SQLAlchemy URL, make or migrate its tables. Raises `DatabaseError`."""
        try:
            parsed = make_url(url)
            if parsed.get_backend_name() not in ("sqlite", "postgresql"):
                raise DatabaseError(f"EVIGRAPH_DATABASE names {parsed.get_backend_name()}; give sqlite or postgresql.")
            if parsed.drivername == "postgresql":
                parsed = parsed.set(drivername="postgresql+psycopg")
            if parsed.get_backend_name() == "sqlite" and parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            self._engine = _engine(parsed)
            self._migrate()
        except (ArgumentError, NoSuchModuleError) as error:
            raise DatabaseError(
                "EVIGRAPH_DATABASE is no database URL; write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
            ) from error
        except (SQLAlchemyError, OSError) as error:
            raise DatabaseError(f"The operations database cannot be opened ({_reason(error)}).") from error
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)

    @property
    def dialect(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self._engine.dialect.name

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose changes are all kept, or none of them where an error leaves it. Raises `DatabaseError`."""
        with _explained(), self._sessions.begin() as session:
            yield session

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """As `transaction`, for statements alone: a session's bookkeeping takes as long as they do.

        Raises `DatabaseError`.
        """
        with _explained(), self._engine.begin() as connection:
            yield connection

    def compact(self) -> str:
        """Drop from the files what was deleted or replaced. What may be left of it, in a sentence, "" for nothing.

        Raises `DatabaseError`.
        """
        try:
            if self.dialect == "postgresql":
                with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.execute(text("VACUUM FULL"))
                return _LEFT_BY_POSTGRESQL
            with closing(self._engine.raw_connection()) as borrowed:
                cursor = borrowed.cursor()
                cursor.execute("VACUUM")
                busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return _LEFT_BY_SQLITE if busy else ""
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise DatabaseError(f"The operations database could not be compacted ({_reason(error)}).") from error

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    def _migrate(self) -> None:
        with self._engine.begin() as connection:
            if self.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
            held, newest = _revision(connection), _newest()
            if held is not None and held > newest:
                raise DatabaseError(
                    f"The operations database is of a newer Evigraph: its tables are at {held}, this knows {newest}; "
                    "update it, or name another database in EVIGRAPH_DATABASE."
                )
            if held != newest:
                _upgrade(connection)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise DatabaseError(f"The operations database did not do what was asked ({_reason(error)}).") from error


def _engine(url: Any) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # SQLAlchemy begins, not the driver: see below
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Takes the write lock at once: one that reads first and then writes may fail where another one wrote meanwhile.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _newest() -> str:
    return max(path.stem[1:5] for path in (_MIGRATIONS / "versions").glob("m*.py"))


def _upgrade(connection: Connection) -> None:
    # Slow to import, and not needed where the tables are as they should be.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _reason(error: Exception) -> str:
    told = str(getattr(error, "orig", None) or error)
    return told.strip().split("\n")[0].rstrip(".")
