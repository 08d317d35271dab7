"""The command `evigraph query`: the catalogue as a list, and one query or analysis as a table, CSV or JSON."""

import dataclasses
import sys
from collections.abc import Sequence

from api import render
from api.analyst import find_query, listed, parse_parameters, run_query
from api.service import open_service
from api.settings import load_settings
from api.table import as_csv
from kg.catalogue import DIALECTS, Query


def run(name: str, assignments: Sequence[str], form: str, user: str | None, as_of: str | None) -> None:
    """Run a query and print what it found; `form` is table, csv or json. Notes go to standard error.

    Raises `UnknownQuery`, `WrongUse`, `Ambiguous`, `UnusableSettings`, `StoreError`.
    """
    with open_service(load_settings()) as service:
        given = parse_parameters(find_query(name, service.store.dialect), assignments)
        found = run_query(
            service, name, given | ({"as_of": as_of} if as_of is not None else {}), service.groups_of(user)
        )
    if form == "json":
        render.say_json(dataclasses.asdict(found))
        return
    if form == "csv":
        sys.stdout.write(as_csv(found.columns, found.rows))
    else:
        render.show_table(found.columns, found.rows)
    for note in found.notes:
        render.note(note)


def list_all(form: str) -> None:
    """Print what runs by name; it needs no graph."""
    # Both stores run the same names.
    queries = [query for query in listed(DIALECTS[0]) if query.folder != "retrieve"]
    if form == "json":
        render.say_json({"queries": [dataclasses.asdict(query) for query in queries]})
        return
    if form == "csv":
        rows = [{"name": query.name, "purpose": query.purpose, "parameters": usage(query)} for query in queries]
        sys.stdout.write(as_csv(("name", "purpose", "parameters"), rows))
        return
    for query in queries:
        render.say(f"{query.name}  {usage(query)}".rstrip())
        render.say(f"    {query.purpose}")


def usage(query: Query) -> str:
    """A query's parameters as one types them: what is in brackets may be left out. `as_of` is an option."""
    return " ".join(
        f"[{name}={_default(query, name)}]" if name in query.defaults or kind.endswith(" or null") else f"{name}=…"
        for name, kind in query.parameters.items()
        if name not in ("groups", "as_of")
    )


def _default(query: Query, name: str) -> str:
    value = query.defaults.get(name, "…")
    return ",".join(value) if isinstance(value, list) else str(value)
