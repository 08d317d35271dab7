"""What a store returns, as JSON values that are the same for both stores.

A node is {"labels", "properties"}, a relationship {"type", "properties"}, a path the list of both in turn. Dates, times
and durations are ISO 8601 strings.
"""

import base64
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def as_json(value: Any, plain: Callable[[Any], Any]) -> Json:
    """A value as JSON; `plain` makes a store's own objects lists, maps and strings, and leaves others as they are.

    What JSON has no form for, such as NaN, is the string that is printed for it.
    """
    value = plain(value)
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case Mapping():
            return {str(key): as_json(value[key], plain) for key in sorted(value, key=str)}
        case list() | tuple():
            return [as_json(item, plain) for item in value]
        case bytes() | bytearray():
            return base64.b64encode(value).decode("ascii")
        case date() | time() | datetime():
            return value.isoformat()
        case _:
            return str(value)


def node(labels: Sequence[str], properties: Mapping[str, Any]) -> dict[str, Any]:
    """A node."""
    return {"labels": sorted(labels), "properties": properties}


def relationship(kind: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """A relationship."""
    return {"type": kind, "properties": properties}


def path(nodes: Sequence[Any], relationships: Sequence[Any]) -> list[Any]:
    """A path."""
    listed = list(nodes[:1])
    for step, end in zip(relationships, nodes[1:], strict=True):
        listed += [step, end]
    return listed
