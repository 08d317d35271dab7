"""Taking names out of the audit trail while its chain still holds."""

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from governance.audit.entry import FIELDS, Field, Row, canonical


def folded(text: str) -> str:
    """A text as it is compared: one form of each letter (Unicode NFKC), no case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def never(_: str) -> bool:
    """No text."""
    return False


def holds(field: Field, clear: str | None, names: Sequence[str], also: Callable[[str], bool] = never) -> bool:
    """Whether a value has a text, as key or value of details too, that contains one of the folded names or is one of
    which `also` says so."""
    if clear is None:
        return False
    texts = list(_texts_of_json(clear)) if field == "details" else [clear]
    return any(also(text) or any(name in folded(text) for name in names) for text in texts)


def found_in(row: Row, names: Sequence[str], also: Callable[[str], bool] = never) -> list[Field]:
    """The fields of a row that `holds` says it of."""
    return [field for field in FIELDS if holds(field, getattr(row, field), names, also)]


def listing(places: Iterable[tuple[int, Field]]) -> str:
    """Which values an entry erases, as its field `blanked`: by field the numbers, as runs [first, last]."""
    numbers: dict[str, list[int]] = {}
    for seq, field in sorted(places):
        numbers.setdefault(field, []).append(seq)
    return canonical({field: _runs(seqs) for field, seqs in numbers.items()}) if numbers else ""


def listed(blanked: str) -> Iterator[tuple[str, int, int]]:
    """The fields and runs of a `listing`; of what is none, as someone may have put in its place, nothing."""
    if not blanked:
        return
    try:
        runs = [
            (str(field), int(first), int(last)) for field, found in json.loads(blanked).items() for first, last in found
        ]
    except (ValueError, TypeError, AttributeError):
        return
    yield from runs


def _runs(seqs: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for seq in seqs:
        if runs and runs[-1][1] == seq - 1:
            runs[-1][1] = seq
        else:
            runs.append([seq, seq])
    return runs


def _texts_of_json(text: str) -> Iterator[str]:
    try:
        value = json.loads(text)
    except ValueError:  # edited by someone: compared as it stands
        yield text
    else:
        yield from _texts(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif value is not None:
        yield str(value)
