"""The operations database: made, migrated, and one sentence where it cannot be used."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from governance.database import Database, DatabaseError


def revision(database: Database) -> str:
    with database.transaction() as session:
        return str(session.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def test_opened_by_several_at_once_it_is_migrated_once(database_url: str) -> None:
    with ThreadPoolExecutor(4) as executor:
        opened = list(executor.map(Database, [database_url] * 4))
    assert len({revision(database) for database in opened}) == 1
    for database in opened:
        database.close()


def test_one_of_a_newer_evigraph_is_left_alone(database: Database, database_url: str) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="newer Evigraph"):
        Database(database_url)
    assert revision(database) == "9999"


def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    with pytest.raises(ValueError, match="midway"), database.transaction() as session:
        session.execute(text("DELETE FROM alembic_version"))
        raise ValueError("midway")
    assert revision(database)
    with pytest.raises(DatabaseError, match="did not do what was asked"), database.transaction() as session:
        session.execute(text("DELETE FROM alembic_version"))
        session.execute(text("SELECT * FROM nowhere"))
    assert revision(database)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("operations", "is no database URL"),
        ("mysql://somewhere/x", "mysql"),
        ("oracle+nothing://somewhere/x", "oracle"),
        ("postgresql://nobody@127.0.0.1:1/x", "cannot be opened"),
        ("sqlite:////proc/none/x.db", "cannot be opened"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_sentence(url: str, told: str) -> None:
    with pytest.raises(DatabaseError, match=told) as raised:
        Database(url)
    assert "\n" not in str(raised.value)
