"""Rows as text: what a value looks like in a cell, and CSV."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any


def cell(value: Any) -> str:
    """One value as text: a list or map is JSON, null is nothing."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def as_csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows as CSV (RFC 4180), the columns' names first.

    A text that a spreadsheet would run as a formula begins with an apostrophe (OWASP, "CSV Injection").
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(_harmless, columns))
    writer.writerows([_harmless(row[column]) for column in columns] for row in rows)
    return text.getvalue()


def _harmless(value: Any) -> str:
    text = cell(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
