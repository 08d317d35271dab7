"""Whether the operations database still holds a name, whichever part of it."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnClause, column, inspect, select, table

from governance.database import Database
from governance.privacy.person import Person

_AT_ONCE = 500


def tables_holding(database: Database, person: Person) -> list[str]:
    """The tables in which a text, a JSON value or a key has a name of the person."""
    found = []
    with database.transaction() as session:
        inspector = inspect(session.connection())
        for name in sorted(inspector.get_table_names()):
            columns: list[ColumnClause[Any]] = [column(item["name"]) for item in inspector.get_columns(name)]
            rows = session.execute(select(*columns).select_from(table(name)), execution_options={"yield_per": _AT_ONCE})
            if any(person.holds(text) for row in rows for value in row for text in _texts(value)):
                found.append(name)
    return found


def _texts(value: Any) -> Iterator[str]:
    """All strings in a value of the database; one that is JSON as it is meant, not as it is written."""
    if isinstance(value, str):
        yield value
        if value[:1] in ("{", "["):
            try:
                yield from _texts(json.loads(value))
            except ValueError:
                return
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
