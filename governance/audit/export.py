"""The audit trail as text for other programs: JSON lines with all that proves it, or CSV to look at."""

import csv
import dataclasses
import io
from collections.abc import Iterable, Iterator
from typing import Literal

from governance.audit.entry import Row, canonical, read

Form = Literal["jsonl", "csv"]
_COLUMNS = ("seq", "at", "who", "how", "action", "target", "outcome", "details", "ends", "hash")


def lines(rows: Iterable[Row], form: Form) -> Iterator[str]:
    """The rows as lines with their ends, in CSV the columns' names first.

    JSON lines hold every field, so that who has the public key can verify them; what was erased is null.
    """
    if form == "csv":
        yield _csv(_COLUMNS)
    for row in rows:
        entry = read(row)
        if form == "csv":
            shown = dataclasses.replace(entry, details="" if row.details is None else row.details)
            yield _csv([getattr(shown, column) for column in _COLUMNS])
        else:
            fields = {field.name: getattr(row, field.name) for field in dataclasses.fields(row)}
            yield canonical(fields | {"details": entry.details}) + "\n"


def _csv(values: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([_harmless(value) for value in values])
    return text.getvalue()


def _harmless(value: object) -> str:
    """A cell; what a spreadsheet would run as a formula begins with an apostrophe (OWASP, "CSV Injection")."""
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
