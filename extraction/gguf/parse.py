"""What a model wrote, read as statements: tolerant of text around the JSON, of a wrapper, and of an array cut off."""

import json
import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
_Quote = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
_EMPTY = re.compile(r"\[\s*\]")
_DECODER = json.JSONDecoder(strict=False)  # a model copies the line breaks of a passage into its strings


class Statement(BaseModel):
    """One fact as the model states it, in the passage's words."""

    model_config = ConfigDict(frozen=True, strict=True)

    subject: _Name
    predicate: _Name
    object: _Name
    quote: _Quote


@dataclass(frozen=True, slots=True)
class Answer:
    """The statements that could be read, each once and in order, and how many could not.

    `is_readable` is False for a text that has neither a statement nor an empty array.
    """

    statements: tuple[Statement, ...]
    malformed: int
    is_readable: bool


def parse_answer(text: str) -> Answer:
    """Read each complete JSON object of the text that has the keys of a statement."""
    statements: dict[Statement, None] = {}
    malformed = 0
    at = text.find("{")
    while at >= 0:
        following = text.find("{", at + 1)
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            # Cut off or no JSON. An object around statements is no statement, so it is none that was lost.
            malformed += '"subject"' in text[at : following if following > 0 else None]
        else:
            if any(key in value for key in Statement.model_fields):
                following = text.find("{", end)
                try:
                    statements[Statement.model_validate(value)] = None
                except ValidationError:
                    malformed += 1
        at = following
    readable = bool(statements) or (malformed == 0 and _EMPTY.search(text) is not None)
    return Answer(tuple(statements), malformed, readable)
