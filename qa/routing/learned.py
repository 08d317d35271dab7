"""A router fitted on what became of answers: the cheapest tier that is likely enough to be right, instead of rules.

For each tier a logistic regression over the features gives the probability that its answer is right. Its weights are in
learned.toml, fitted by scripts/fit_router.py; the shipped ones on the benchmark's stand-ins for models, so on assumed
ones: whoever has feedback on answers fits them anew. What a caller, a budget or an access group decides stays decided:
the policy's rules about these hold before anything that was fitted.
"""

import hashlib
import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from qa.answer import TIERS, Tier
from qa.routing.features import NAMES, Features, Stakes
from qa.routing.policy import Policy, Rule, UnusablePolicy, load_policy

SHIPPED = Path(__file__).parent / "learned.toml"
_ANSWER_OF: dict[Tier, str] = {
    "none": "the deterministic answer",
    "small": "the small model's answer",
    "large": "the large model's answer",
}
# Features of the caller: a rule about nothing else is no guess at what is right.
_DECIDING, _LIMITING = frozenset({"wish", "budget_left"}), frozenset({"sensitivity"})
_MOST_HOPS, _MOST_FACTS = 4, 20
_KINDS = {
    "of several": ("list", "count", "superlative", "compare"),
    "yes or no": ("yes_no",),
    "of a way": ("path", "change"),
    "of a value": ("when", "how_long", "how_much", "definition"),
}
#: What the weights are of, in their order, the bias last.
SIGNS = ("answered", "support", "margin", "hops", "several hops", "facts", "ambiguous", *_KINDS, "bias")


def signs_of(features: Features) -> tuple[float, ...]:
    """The features as numbers from 0 to 1, in the order of SIGNS."""
    return (
        float(features.answered == "yes"),
        features.support,
        features.margin,
        min(features.hops, _MOST_HOPS) / _MOST_HOPS,
        float(features.hops > 1),
        math.log1p(min(features.facts, _MOST_FACTS)) / math.log1p(_MOST_FACTS),
        float(features.ambiguous == "yes"),
        *(float(features.kind in kinds) for kinds in _KINDS.values()),
        1.0,
    )


def features_from(shown: Mapping[str, Any]) -> Features:
    """The features that a trace shows (`TraceRoute.features`). Raises `KeyError` when one is missing."""
    given = {"budget_left": float("inf"), **shown}
    values = {name: given[name] for name in NAMES}
    return Features(**{**values, "hops": int(values["hops"]), "facts": int(values["facts"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Router(Policy):
    """A policy that decides by what was fitted; of its rules only those of the caller, budget and access hold.

    `version` and `digest` are those of the rules, `fitted` names what was fitted. `weights` by tier, in the order of
    TIERS and SIGNS; `least`: by stakes, the probability from which a tier will do;
    `worth`: where none will do, how much likelier right a dearer tier must be than a cheaper one.
    """

    weights: tuple[tuple[float, ...], ...]
    least: tuple[tuple[Stakes, float], ...]
    worth: float
    fitted: str

    @property
    def called(self) -> str:
        """What a trace calls it: what was fitted, then the rules."""
        return f"{self.fitted}; {self.rules_called}"

    def chances(self, features: Features) -> dict[Tier, float]:
        """How probably each tier's answer is right."""
        signs = signs_of(features)
        odds = [sum(a * b for a, b in zip(signs, weights, strict=True)) for weights in self.weights]
        return {tier: 1 / (1 + math.exp(-odd)) for tier, odd in zip(TIERS, odds, strict=True)}

    def decide(self, features: Features) -> Rule:
        """The policy's rule where it is the caller's or the budget's; else the cheapest tier that is likely enough
        right; where no tier is, the likeliest one.
        """
        largest: Tier = "large"
        for rule in self._rules_of_caller(features):
            if {condition.name for condition in rule.when} & _DECIDING:
                return rule
            largest = min(largest, rule.tier, key=TIERS.index)
        chances = {t: p for t, p in self.chances(features).items() if TIERS.index(t) <= TIERS.index(largest)}
        least = dict(self.least)[features.stakes]
        for tier, chance in chances.items():
            if chance >= least:
                return Rule(f"learned router: {_ANSWER_OF[tier]} is right with {chance:.2f}", (), tier)
        best = likeliest(chances, self.worth)
        reason = f"no tier is right with {least:.2f}, the likeliest is {_ANSWER_OF[best]} with {chances[best]:.2f}"
        return Rule(f"learned router: {reason}", (), best)

    def _rules_of_caller(self, features: Features) -> Iterator[Rule]:
        """The rules that hold and are of nothing but the caller, the budget and access, in their order."""
        for rule in self.rules:
            about = {condition.name for condition in rule.when}
            if about and about <= _DECIDING | _LIMITING and all(item.holds(features) for item in rule.when):
                yield rule


def likeliest(chances: Mapping[Tier, float], worth: float) -> Tier:
    """The tier that is likeliest right; a dearer one only where it is so by more than `worth`."""
    best: Tier = "none"
    for tier, chance in chances.items():
        if chance > chances[best] + worth:
            best = tier
    return best


@lru_cache(maxsize=8)
def load_router(path: Path | None = None, policy: Policy | None = None) -> Router:
    """The router of a file, else the shipped one, with the rules of a policy, else the shipped one's.

    Raises `UnusablePolicy`.
    """
    path, policy = path or SHIPPED, policy or load_policy()
    try:
        held = tomllib.loads(path.read_text("utf-8"))
        weights = tuple(tuple(float(held["right"][tier][sign]) for sign in SIGNS) for tier in TIERS)
        least = tuple((stakes, float(held["least"][stakes])) for stakes in get_args(Stakes))
        version, worth = str(held["version"]), float(held["worth"])
    except OSError as error:
        raise UnusablePolicy(f"{path} cannot be read ({error.strerror}); name a file that was fitted.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UnusablePolicy(
            f"{path} is no fitted router ({error}); fit it anew with scripts/fit_router.py."
        ) from error
    if not all(map(math.isfinite, [worth, *(p for _, p in least), *(w for row in weights for w in row)])):
        raise UnusablePolicy(f"{path} holds a number that is none; fit it anew with scripts/fit_router.py.")
    return Router(
        policy.rules,
        policy.version,
        policy.unsupported,
        policy.least_grounded,
        policy.digest,
        fitted=f"learned {version}@{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}",
        weights=weights,
        least=least,
        worth=worth,
    )
