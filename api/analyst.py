"""Named analyst queries with parameters that come from a user: checked against the query's header before they run."""

from collections.abc import Mapping
from typing import Any

from api.errors import WrongUse
from api.service import Service
from kg.catalogue import Query, UnknownQuery, get_query
from kg.store import QueryResult

_TYPES: dict[str, type] = {"string": str, "integer": int, "float": float, "map": dict}
_MAX_INTEGER = 1_000_000


def run_analyst_query(service: Service, name: str, given: Mapping[str, Any]) -> QueryResult:
    """Run a query of analyst/. Raises `UnknownQuery`, `WrongUse`, `StoreError`."""
    query = get_query(name, service.store.dialect)
    if query.folder != "analyst":
        raise UnknownQuery(
            f"{name!r} is not an analyst query, and only those run by name; `GET /v1/queries` lists them."
        )
    return service.store.run(name, **check_parameters(query, given), groups=None)


def check_parameters(query: Query, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters for a query, all of them and of the right types. Raises `WrongUse`."""
    expected = {name: kind for name, kind in query.parameters.items() if name != "groups"}
    for name in given:
        if name == "groups":
            raise WrongUse("Who may see what is decided by the server; leave the parameter groups out.")
        if name not in expected:
            known = ", ".join(expected) or "none"
            raise WrongUse(f"The query {query.name} has no parameter {name!r}; its parameters are: {known}.")
    for name, kind in expected.items():
        if name not in given and not kind.endswith(" or null"):
            raise WrongUse(f"The query {query.name} needs the parameter {name} ({kind}).")
        if not _fits(given.get(name), kind):
            raise WrongUse(f"The parameter {name} of the query {query.name} is to be: {kind}.")
    return {name: given.get(name) for name in expected}


def _fits(value: Any, kind: str) -> bool:
    if kind.endswith(" or null"):
        return value is None or _fits(value, kind.removesuffix(" or null"))
    if kind.startswith("list of "):
        return isinstance(value, list) and all(_fits(item, kind.removeprefix("list of ")) for item in value)
    if isinstance(value, bool):
        return False
    if kind == "integer":
        # Limits and counts: what the stores refuse with an error of their own does not reach them.
        return isinstance(value, int) and 0 <= value <= _MAX_INTEGER
    return isinstance(value, (int, float) if kind == "float" else _TYPES[kind])
