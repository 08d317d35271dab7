"""An item of the review queue, as reviewers see it."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from governance.review.policy import Handling

Kind = Literal["answer", "fact", "merge", "access"]
#: second: one of two decided; deciding: what was decided is being carried out.
State = Literal["open", "second", "deciding", "done"]
Verdict = Literal["approve", "correct", "reject"]
KINDS: tuple[Kind, ...] = get_args(Kind)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


class NoSuchItem(LookupError):
    """No item of this id, or none that the reviewer may see; the message is one sentence."""


class ReviewRefused(Exception):
    """An item cannot be taken or decided as asked; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class New:
    """What is to come into the queue; `subject` names the thing, `documents` who may see it (see `tables.ItemRow`)."""

    kind: Kind
    subject: str
    title: str
    payload: dict[str, Any]
    documents: list[list[str]]
    rule: str
    asker: str
    handling: Handling


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody did with an item: opened, taken, escalated, or a verdict with its reason."""

    at: str
    who: str
    what: str
    text: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be looked at.

    `payload` is what there is to see of its kind, `rule` why it is here, `asker` who asked. `owner` is who decides now,
    `then` whom it goes to after `due_at`. `verdict` and `text` (of a correction) are what was decided.
    """

    id: str
    kind: Kind
    title: str
    payload: dict[str, Any]
    rule: str
    asker: str
    owner: str
    then: tuple[str, ...]
    due_at: str
    overdue: bool
    four_eyes: bool
    state: State
    taken_by: str | None
    created_at: str
    verdict: Verdict | None
    text: str | None
    decided_at: str | None
    documents: tuple[tuple[str, ...], ...]
    steps: tuple[Step, ...] = ()
