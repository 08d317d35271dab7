"""The policy of review: what people are to look at, who, by when (`policy.toml`)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

from governance.review.signs import NAMES, NUMBERS, Signs
from qa.conditions import Condition, read_condition
from qa.tables import read_toml

SHIPPED = Path(__file__).parent / "policy.toml"
Returns = Literal["answered", "escalated"]
_OWNER = re.compile(r"(?:role|user):\S.*")


class UnusableReviewPolicy(ValueError):
    """The policy of review cannot be used; the message is one sentence that names the place and the mend."""


@dataclass(frozen=True, slots=True)
class Handling:
    """Who decides, by when, how many of them, and whom it goes to next; owners are "role:NAME" or "user:NAME"."""

    owner: str
    due_hours: float
    then: tuple[str, ...] = ()
    four_eyes: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """Where all conditions hold of an answer, a person looks at it; `name` is the reason that people read."""

    name: str
    when: tuple[Condition, ...]
    returns: Returns
    handling: Handling


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """The rules for answers, and how facts (up to `facts_below`), merges and requests for access are handled.

    `most_facts` and `most_merges` bound how many are taken into the queue at once.
    """

    version: str
    rules: tuple[Rule, ...]
    facts: Handling
    facts_below: float
    most_facts: int
    merges: Handling
    most_merges: int
    access: Handling

    def rule_for(self, signs: Signs) -> Rule | None:
        """The first rule that holds of an answer."""
        return next((rule for rule in self.rules if all(item.holds(signs) for item in rule.when)), None)

    @property
    def asks_for_contradictions(self) -> bool:
        """Whether a rule looks at them: finding them takes a query."""
        return any(item.name == "contradiction" for rule in self.rules for item in rule.when)


@lru_cache(maxsize=8)
def load_review_policy(path: Path | None = None) -> ReviewPolicy:
    """The policy of a file, else the shipped one. Raises `UnusableReviewPolicy`."""
    path = path or SHIPPED
    held = read_toml(path, UnusableReviewPolicy, "set EVIGRAPH_REVIEW_POLICY to a file")
    facts, merges = (_table(path, held, name) for name in ("facts", "merges"))
    return ReviewPolicy(
        version=str(held.get("version", "")),
        rules=tuple(_rule(path, row) for row in held.get("rules", [])),
        facts=_handling(path, "facts", facts),
        facts_below=_number(path, "facts", facts, "below", 0.5),
        most_facts=int(_number(path, "facts", facts, "most", 200)),
        merges=_handling(path, "merges", merges),
        most_merges=int(_number(path, "merges", merges, "most", 100)),
        access=_handling(path, "access", _table(path, held, "access")),
    )


def _table(path: Path, held: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = held.get(name)
    if not isinstance(table, dict):
        raise UnusableReviewPolicy(f"{path} has no table [{name}]; give it one with an owner and due_hours.")
    return table


def _rule(path: Path, row: dict[str, Any]) -> Rule:
    name = str(row.get("name", "")).strip()
    if not name:
        raise UnusableReviewPolicy(f"{path} has a rule without a name; give it one, the reason that reviewers read.")
    returns = row.get("returns", "answered")
    if returns not in get_args(Returns):
        raise UnusableReviewPolicy(f"{path}: the rule {name!r} returns {returns!r}; write answered or escalated.")
    when = tuple(_condition(path, name, str(text)) for text in row.get("when", []))
    return Rule(name, when, cast(Returns, returns), _handling(path, name, row))


def _handling(path: Path, place: str, row: Mapping[str, Any]) -> Handling:
    then, four_eyes = row.get("then", []), row.get("four_eyes", False)
    owners = [row.get("owner"), *(then if isinstance(then, list) else [None])]
    if not all(isinstance(owner, str) and _OWNER.fullmatch(owner) for owner in owners):
        raise UnusableReviewPolicy(f'{path}: owner and then of {place!r} are to be "role:NAME" or "user:NAME".')
    if not isinstance(four_eyes, bool):
        raise UnusableReviewPolicy(f"{path}: four_eyes of {place!r} is to be true or false.")
    hours = _number(path, place, row, "due_hours", None)
    return Handling(str(owners[0]), hours, tuple(map(str, then)), four_eyes)


def _number(path: Path, place: str, row: Mapping[str, Any], name: str, default: float | None) -> float:
    value = row.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise UnusableReviewPolicy(f"{path}: {name} of {place!r} is to be a number above 0.")
    return float(value)


def _condition(path: Path, name: str, text: str) -> Condition:
    return read_condition(f"{path}: the rule {name!r}", text, "SIGN", NAMES, NUMBERS, UnusableReviewPolicy)
