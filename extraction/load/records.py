"""JSON Lines: each line is a record."""

import json
from collections.abc import Iterator
from typing import Any

from extraction.load.composer import Composer
from extraction.load.encoding import decode
from extraction.load.source import Content, Source


def load(source: Source) -> Content:
    """Reads a .jsonl file; a line that is not JSON is left out with a warning that names it.

    Raises UnreadableDocument if the file is not text or if no line could be read.
    """
    text, warnings = decode(source)
    composer = Composer()
    for warning in warnings:
        composer.warn(warning)
    broken = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            fields = list(flatten(parse_json(line), ""))
        except (ValueError, RecursionError):
            broken += 1
            composer.warn(f"line {number} is not valid JSON and was left out", left_out=True)
        else:
            composer.add_row("record", fields)
    content = composer.content()
    if broken and not content.blocks:
        raise source.refusal("holds no line of valid JSON; write one JSON object a line.")
    return content


def parse_json(text: str) -> Any:
    """The JSON value, with numbers kept as they are written. Raises ValueError or RecursionError."""
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)


def flatten(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """The (name, value) pairs of a record; nested names are joined by dots, plain lists by commas."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flatten(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        for item in value:
            yield from flatten(item, name)
    elif isinstance(value, list):
        yield name or "value", ", ".join(filter(None, map(written, value)))
    else:
        yield name or "value", written(value)


def written(value: object) -> str:
    """A JSON scalar as it is shown: null is nothing, true and false are as in JSON."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
