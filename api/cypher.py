"""An analyst's own Cypher: who may run it, with what, and what is printed of it."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from api import parts, render
from api.errors import NotAllowed, WrongUse
from api.service import Service
from api.settings import UnusableSettings
from api.table import as_csv
from kg.store import ReadResult

if TYPE_CHECKING:
    from qa.draft import Draft

MOST_CHARACTERS = 20_000
ROWS, MOST_ROWS = 1_000, 10_000
SECONDS, MOST_SECONDS = 10.0, 60.0


def run_cypher(
    service: Service,
    cypher: str,
    parameters: Mapping[str, Any],
    limit: int,
    timeout: float,
    groups: Sequence[str] | None,
) -> ReadResult:
    """Run a statement that only reads, for one who may see all documents: `groups` is None.

    Raises `NotAllowed`, `WrongUse`, `StatementRefused`, `ReaderBusy`, `StoreError`.
    """
    with service.audited("cypher", cypher, parameters=dict(parameters)) as told:
        _check_all(groups)
        result = service.store.read_only(cypher, parameters, limit, timeout)
        told["rows"] = len(result.rows)
    return result


def draft(service: Service, question: str, groups: Sequence[str] | None) -> "Draft":
    """A statement that a large model writes for a question, for one who may see all documents; it does not run.

    Raises `NotAllowed`, `WrongUse`, `UnusableSettings`, `NoDraft`, `ReaderBusy`, `StoreError`, `OntologyError`.
    """
    from qa.draft import draft_cypher

    _check_all(groups)
    models = parts.models(service.settings).of("synthesis", "large")
    if not models:
        raise UnusableSettings("Only a large model can draft Cypher, and none is set up; set OPENAI_API_KEY.")
    if not question.strip():
        raise WrongUse("There is no question to draft Cypher for; give one.")
    ontology, redact = parts.ontology(service.settings), parts.redactor(service.settings, service.store)
    return draft_cypher(question, service.store, ontology, models, redact)


def _check_all(groups: Sequence[str] | None) -> None:
    if groups is not None:
        raise NotAllowed(
            "Cypher of one's own sees every document whoever may see it, so only the owner may run it, "
            "who is asked for without a user, or who is in the group *."
        )


def print_rows(
    service: Service,
    cypher: str,
    assignments: Sequence[str],
    limit: int,
    timeout: float,
    form: str,
    user: str | None,
) -> None:
    """Run a statement and print its rows; `form` is table, csv or json. Raises as `run_cypher` does."""
    result = run_cypher(service, cypher, read_parameters(assignments), limit, timeout, service.groups_of(user))
    if form == "json":
        render.say_json(asdict(result))
        return
    if form == "csv":
        sys.stdout.write(as_csv(result.columns, result.rows))
    else:
        render.show_table(result.columns, result.rows)
    if result.truncated:
        render.note("There are more rows; raise --limit, or let the statement return less.")


def print_draft(service: Service, question: str, form: str, user: str | None) -> None:
    """Have a statement drafted and print it. Raises as `draft` does."""
    drafted = draft(service, question, service.groups_of(user))
    if form == "json":
        render.say_json(asdict(drafted))
    else:
        render.show_draft(drafted)


def read_parameters(given: Sequence[str]) -> dict[str, Any]:
    """Parameters from `NAME=VALUE`, the value as JSON or else as text. Raises `WrongUse`."""
    parameters: dict[str, Any] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals or not name:
            raise WrongUse(f"The parameter {item!r} is to be NAME=VALUE, such as name=Atlas or ids='[1, 2]'.")
        try:
            parameters[name] = json.loads(value)
        except ValueError:
            parameters[name] = value
    return parameters
