"""A router fitted on what became of answers, in the place of the policy's rules: the cheapest tier that is likely right."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa.routing.features import NAMES, Features
from qa.routing.policy import Policy, Rule, load_policy

SHIPPED = Path(__file__).parent / "learned.toml"


def features_from(row: Mapping[str, Any]) -> Features:
    """The features that a trace shows, or a row of feedback."""
    return Features(**{"budget_left": float("inf"), **{k: v for k, v in row.items() if k in NAMES}, "hops": int(row["hops"]), "facts": int(row["facts"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Router(Policy):
    learned_version: str = ""


def load_router(path: Path | None = None) -> Router:
    p = load_policy()
    return Router(p.rules, p.version, p.unsupported, p.least_grounded)
