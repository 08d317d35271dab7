"""Conditions of policies that a person reads: "NAME OP VALUE" over the fields of a dataclass."""

import operator
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

_WRITTEN = re.compile(r"(\w+)\s*(<=|>=|!=|=|<|>)\s*(\S+)")
_OPERATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A field compared with a value."""

    name: str
    operation: str
    value: str | float

    def holds(self, fields: object) -> bool:
        """Whether it holds of an object that has the field."""
        return bool(_OPERATIONS[self.operation](getattr(fields, self.name), self.value))


def read_condition(
    place: str, text: str, called: str, names: Collection[str], numbers: Collection[str], unusable: type[ValueError]
) -> Condition:
    """A condition as written at a place ("FILE: the rule 'NAME'"), over these names, of which some hold numbers.

    `called` is what people read for a name, such as FEATURE. Raises `unusable` with one sentence.
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None or match[1] not in names:
        raise unusable(f"{place} has the condition {text!r}; write {called} OP VALUE with one of {', '.join(names)}.")
    name, operation, value = match.groups()
    if name not in numbers and operation not in ("=", "!="):
        raise unusable(f"{place} orders {name}, which is no number; use = or !=.")
    try:
        return Condition(name, operation, float(value) if name in numbers else value)
    except ValueError:
        raise unusable(f"{place} compares {name} with {value!r}; give a number.") from None
