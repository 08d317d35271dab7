"""Analyst queries and analyses by name, with parameters that come from a person: checked before anything runs."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.errors import NotHeld, WrongUse
from api.lookup import find_entity
from api.service import Service
from kg.analysis import analyses, run_analysis
from kg.catalogue import Query, UnknownQuery, catalogue
from kg.names import normalise_name
from kg.store import Row
from qa.recorder import Recorder

_TYPES: dict[str, type] = {"string": str, "integer": int, "float": float, "map": dict}
_ENTITY = "name of an entity"
_MAX_INTEGER = 1_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """What a query or analysis found: `cypher` with `parameters` is what was read, `notes` are sentences for people."""

    name: str
    columns: tuple[str, ...]
    rows: list[Row]
    notes: list[str]
    cypher: str
    parameters: dict[str, Any]
    ms: float


def listed(dialect: str) -> list[Query]:
    """What people may read of the catalogue: how answers are found, and what runs by name, which is described alike."""
    found = [query for query in catalogue(dialect).values() if query.folder in ("retrieve", "analyst")]
    found += [item.description for item in analyses().values()]
    return sorted(found, key=lambda query: (query.folder, query.name))


def runnable(dialect: str) -> dict[str, Query]:
    """What runs by name, by name: the analyst queries and the analyses."""
    return {query.name: query for query in listed(dialect) if query.folder != "retrieve"}


def find_query(name: str, dialect: str) -> Query:
    """The query or analysis of this name. Raises `UnknownQuery`, which suggests names like it."""
    known = runnable(dialect)
    if name in known:
        return known[name]
    if name in catalogue(dialect):
        raise UnknownQuery(
            f"{name!r} is not an analyst query, and only those run by name; `GET /v1/queries` lists them."
        )
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    meant = f"did you mean {' or '.join(close)}?" if close else "`evigraph query` lists all."
    raise UnknownQuery(f"There is no analyst query named {name!r}; {meant}")


def run_query(service: Service, name: str, given: Mapping[str, Any], groups: Sequence[str] | None) -> Table:
    """Run an analyst query or analysis over what some groups may see, None for all.

    An entity may be given by any name that it goes by, or by id.
    Raises `UnknownQuery`, `WrongUse`, `Ambiguous`, `StoreError`.
    """
    store = service.store
    query = find_query(name, store.dialect)
    parameters = check_parameters(query, given)
    unheard = []
    for parameter, kind in query.parameters.items():
        if kind == _ENTITY:
            asked = parameters[parameter]
            try:
                parameters[parameter] = find_entity(asked, Recorder(store, groups))["key"]
            except NotHeld:
                parameters[parameter] = normalise_name(asked)
                unheard.append(f"No entity goes by the name {asked!r}.")
    parameters["groups"] = None if groups is None else list(groups)
    analysis = analyses().get(name)
    if analysis:
        result, complete = run_analysis(store, analysis, parameters)
    else:
        result, complete = store.run(name, **parameters), True
    notes = unheard + _bounds(parameters, len(result.rows), complete)
    return Table(name, query.columns, result.rows, notes, result.cypher, result.parameters, result.ms)


def _bounds(parameters: Mapping[str, Any], found: int, complete: bool) -> list[str]:
    notes = []
    if not complete:
        notes.append(f"Only the first {parameters['rows']} rows of the graph were read; raise rows to read more.")
    if found and found == parameters.get("limit"):
        notes.append(f"These are the first {found} rows and there may be more; raise limit to see them.")
    return notes


def check_parameters(query: Query, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters for a query but for `groups`, all of them and of the right types. Raises `WrongUse`."""
    expected = {name: kind for name, kind in query.parameters.items() if name != "groups"}
    for name in given:
        if name == "groups":
            raise WrongUse("Who may see what is decided by the server; leave the parameter groups out.")
        if name not in expected:
            known = ", ".join(expected) or "none"
            raise WrongUse(f"The query {query.name} has no parameter {name!r}; its parameters are: {known}.")
    values = {**query.defaults, **given}
    for name, kind in expected.items():
        if name not in values and not kind.endswith(" or null"):
            raise WrongUse(f"The query {query.name} needs the parameter {name} ({kind}).")
        if not _fits(values.get(name), kind):
            raise WrongUse(f"The parameter {name} of the query {query.name} is to be: {_said(kind)}.")
    return {name: values.get(name) for name in expected}


def parse_parameters(query: Query, assignments: Sequence[str]) -> dict[str, Any]:
    """`name=value` as typed on a command line, read by the types of the query's header. Raises `WrongUse`.

    A list is separated by commas or given by naming the parameter again; nothing after the sign is null.
    """
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise WrongUse(f"{assignment!r} is not of the form name=value.")
        kind = query.parameters.get(name, "string")
        if kind.startswith("list of ") and text:
            values[name] = [*values.get(name, ()), *(item.strip() for item in text.split(","))]
        elif name in values:
            raise WrongUse(f"The parameter {name} is given twice; the query {query.name} takes one.")
        else:
            values[name] = _parsed(text, kind)
    return values


def _parsed(text: str, kind: str) -> Any:
    if not text and kind.endswith(" or null"):
        return None
    try:
        if kind.startswith("integer"):
            return int(text)
        return float(text) if kind.startswith("float") else text
    except ValueError:
        return text  # which is then not of the type, and told so


def _said(kind: str) -> str:
    return kind.replace("date", "date (YYYY-MM-DD)", 1) if kind.startswith("date") else kind


def _fits(value: Any, kind: str) -> bool:
    if kind.endswith(" or null"):
        return value is None or _fits(value, kind.removesuffix(" or null"))
    if kind.startswith("list of "):
        return isinstance(value, list) and all(_fits(item, kind.removeprefix("list of ")) for item in value)
    if isinstance(value, str) and not _is_text(value):
        return False
    if kind == "date":
        return isinstance(value, str) and _is_day(value)
    if kind == _ENTITY:
        return isinstance(value, str) and bool(value.strip())
    if isinstance(value, bool):
        return False
    if kind == "integer":
        # Limits and counts: what the stores refuse with an error of their own does not reach them.
        return isinstance(value, int) and 0 <= value <= _MAX_INTEGER
    return isinstance(value, (int, float) if kind == "float" else _TYPES[kind])


def _is_text(value: str) -> bool:
    """Whether the stores take it: a lone surrogate, as from an argument that is not UTF-8, is no text."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text) and date.fromisoformat(text))
    except ValueError:
        return False
