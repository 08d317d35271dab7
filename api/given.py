"""What comes through the doors as text, made into what the graph takes."""

import re
from datetime import date

from api.errors import WrongUse


def as_day(text: str | None) -> date | None:
    """A day, YYYY-MM-DD. Raises `WrongUse`."""
    if text is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise WrongUse(f"{text!r} is no day of the calendar; give as-of as YYYY-MM-DD, such as 2025-03-01.")


def as_iso(text: str | None) -> str | None:
    """The same as text. Raises `WrongUse`."""
    day = as_day(text)
    return None if day is None else day.isoformat()


def storable(text: str) -> str:
    """A lone surrogate, as from an argument that is not UTF-8, reads as "?": no store takes one."""
    return text.encode("utf-8", "replace").decode("utf-8")
