"""Two answers to one question held against each other, and the version that makes the difference."""

from collections.abc import Mapping
from dataclasses import dataclass

from qa.answer import Answer

#: In what answers may differ.
PARTS = ("status", "text", "citations", "facts", "route")


@dataclass(frozen=True, slots=True)
class Change:
    """A version that is not what it was; `tried`: the question was asked with only this one changed, and
    `matters` says whether the answer was another one then (None where it could not be tried)."""

    kind: str
    recorded: str
    present: str
    tried: bool
    matters: bool | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay found.

    `differs` are the parts (of `PARTS`) in which the answer on the versions that it had is another one now,
    `differs_now` those in which it is on the versions that hold now. `causes` are the kinds of versions that make, or
    may make, the difference. `deterministic` is false where a model wrote.
    """

    id: str
    question: str
    verdict: str
    differs: tuple[str, ...]
    differs_now: tuple[str, ...]
    causes: tuple[str, ...]
    changes: tuple[Change, ...]
    deterministic: bool
    answer: Answer


def differing(one: Answer, other: Answer) -> tuple[str, ...]:
    """The parts in which two answers differ; ids, times and the queries' ways do not count."""
    shown = [_shown(answer) for answer in (one, other)]
    return tuple(part for part in PARTS if shown[0][part] != shown[1][part])


def changed(recorded: Mapping[str, str], present: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The kinds of versions that are not what they were, with both; one that was not recorded is left out."""
    return {
        kind: (version, present.get(kind, ""))
        for kind, version in recorded.items()
        if version and version != present.get(kind, "")
    }


def verdict(
    differs: tuple[str, ...], differs_now: tuple[str, ...], causes: tuple[str, ...], certain: bool, deterministic: bool
) -> str:
    """What came of a replay, in a sentence or two; `certain`: each of the causes makes a difference."""
    told = ""
    if not differs and not differs_now:
        told = "The same."
    elif differs:
        told = f"Another answer: it differs in {_listed(differs)}."
    else:
        told = f"The same on the versions that it had; on those of now it differs in {_listed(differs_now)}."
    if (differs or differs_now) and causes:
        told += f" What {'makes' if certain else 'may make'} the difference: {_listed(causes)}."
    elif differs and deterministic:
        told += " No version that is recorded makes the difference."
    if not deterministic:
        told += " A model wrote it, and models do not always write the same."
    return told


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _shown(answer: Answer) -> dict[str, object]:
    route = answer.trace.route
    return {
        "status": answer.status,
        "text": answer.answer,
        "citations": [item.model_dump(exclude={"n"}) for item in answer.citations],
        "facts": [item.model_dump() for item in answer.facts],
        "route": (route.tier, route.model, route.reason),
    }
