"""The policy: rules that a person reads from the top, the first that holds decides (`policy.toml`)."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from qa.answer import TIERS, Tier
from qa.conditions import Condition, read_condition
from qa.routing.features import NAMES, Features
from qa.tables import read_toml

SHIPPED = Path(__file__).parent / "policy.toml"
_NUMBERS = {name for name, kind in Features.__annotations__.items() if kind in (int, float)}
Unsupported = Literal["remove", "escalate", "abstain"]


class UnusablePolicy(ValueError):
    """The policy cannot be used; the message is one sentence that names the rule and what to mend."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Where all conditions hold, the tier; `name` is the reason that people read."""

    name: str
    when: tuple[Condition, ...]
    tier: Tier


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in their order; the last one holds for every question.

    `unsupported` and `least_grounded` say what becomes of sentences that the evidence does not support.
    """

    rules: tuple[Rule, ...]
    version: str
    unsupported: Unsupported = "remove"
    least_grounded: float = 0.5
    digest: str = ""

    @property
    def rules_called(self) -> str:
        """What a trace calls the rules: their version with the first digits of the SHA-256 of their file."""
        return f"{self.version or 'policy'}@{self.digest[:12]}"

    @property
    def called(self) -> str:
        """What a trace calls it."""
        return self.rules_called

    def decide(self, features: Features) -> Rule:
        """The first rule that holds."""
        return next(rule for rule in self.rules if all(condition.holds(features) for condition in rule.when))


@lru_cache(maxsize=8)
def load_policy(path: Path | None = None) -> Policy:
    """The policy of a file, else the shipped one. Raises `UnusablePolicy`."""
    path = path or SHIPPED
    held = read_toml(path, UnusablePolicy, "set EVIGRAPH_POLICY to a file")
    rules = tuple(_rule(path, row) for row in held.get("rules", []))
    if not rules or rules[-1].when:
        raise UnusablePolicy(f"{path}: the last rule must hold for every question; give one with when = [].")
    unsupported, least = held.get("unsupported", "remove"), held.get("least_grounded", 0.5)
    if unsupported not in get_args(Unsupported) or not isinstance(least, int | float):
        raise UnusablePolicy(f"{path}: unsupported is remove, escalate or abstain, and least_grounded a number.")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Policy(rules, str(held.get("version", "")), unsupported, float(least), digest)


def _rule(path: Path, row: dict[str, Any]) -> Rule:
    name = str(row.get("name", "")).strip()
    if not name:
        raise UnusablePolicy(f"{path} has a rule without a name; give it one, since it is the reason that people read.")
    tier = next((tier for tier in TIERS if tier == row.get("tier")), None)
    if tier is None:
        raise UnusablePolicy(f"{path}: the rule {name!r} names no tier; tiers are {', '.join(TIERS)}.")
    return Rule(name, tuple(_condition(path, name, str(text)) for text in row.get("when", [])), tier)


def _condition(path: Path, name: str, text: str) -> Condition:
    return read_condition(f"{path}: the rule {name!r}", text, "FEATURE", NAMES, _NUMBERS, UnusablePolicy)
