"""A flag: its variants, and which of them who gets."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from qa.tables import read_toml

SHIPPED = Path(__file__).parent / "flags.toml"
_WHOLE = 100.0
_MOST_SHARES = 2
_BUCKETS = 2**32


class UnusableFlags(ValueError):
    """Flags cannot be used or changed as asked; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Guards:
    """By how much a canary may do worse than the rest, over the answers of `hours`, once each has `least` of them."""

    error_share: float = 0.05
    abstention_share: float = 0.1
    groundedness: float = 0.1
    latency_p95: float = 2.0
    hours: float = 24.0
    least: int = 50


@dataclass(frozen=True, slots=True)
class Flag:
    """As `flags.toml` explains it; `default` "" leaves it to the settings, `variants` of () allows any name."""

    key: str
    description: str = ""
    variants: tuple[str, ...] = ()
    default: str = ""
    users: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    percent: Mapping[str, float] = field(default_factory=dict)
    shadow: str = ""
    guards: Guards = field(default_factory=Guards)

    @property
    def digest(self) -> str:
        """The same for the same definition."""
        return hashlib.sha256(json.dumps(as_data(self), sort_keys=True).encode()).hexdigest()

    def variant(self, user: str, groups: Iterable[str]) -> tuple[str, str]:
        """The variant of a user and why: user, group, percent or default; "" where the settings decide."""
        if user in self.users:
            return self.users[user], "user"
        belongs = set(groups)
        for group, variant in self.groups.items():
            if group in belongs:
                return variant, "group"
        place = bucket(self.key, user)
        for number, (variant, share) in enumerate(self.percent.items()):
            # One grows from below, the other from above: so neither takes users from the other.
            if place < share if number == 0 else place >= _WHOLE - share:
                return variant, "percent"
        return self.default, "default"


def bucket(key: str, user: str) -> float:
    """The place of a user among all of a flag's, from 0 to below 100: the same for ever."""
    digest = hashlib.sha256(f"{key}\x1f{user}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:4], "big") / _BUCKETS * _WHOLE


def as_data(flag: Flag) -> dict[str, Any]:
    """A flag as JSON has it; the order of groups and shares counts, so they are lists of pairs."""
    held = asdict(flag)
    return {
        **held,
        "variants": list(flag.variants),
        "groups": [list(item) for item in flag.groups.items()],
        "percent": [[variant, float(share)] for variant, share in flag.percent.items()],
    }


def from_data(data: Mapping[str, Any]) -> Flag:
    """A flag that `as_data` wrote."""
    return Flag(
        **{
            **data,
            "variants": tuple(data["variants"]),
            "groups": dict(data["groups"]),
            "percent": {variant: float(share) for variant, share in data["percent"]},
            "guards": Guards(**data["guards"]),
        }
    )


def checked(flag: Flag, place: str) -> Flag:
    """The flag, if it can be used. Raises `UnusableFlags`, which names the place that it is from."""
    named = [("default", flag.default), ("shadow", flag.shadow)] if flag.variants else []
    for of, variant in [*named, *_rules(flag)]:
        if flag.variants and variant and variant not in flag.variants:
            known = ", ".join(flag.variants)
            raise UnusableFlags(f"{place}: {of} of the flag {flag.key} names {variant!r}; its variants are {known}.")
        if not variant and of not in ("default", "shadow"):
            raise UnusableFlags(f"{place}: {of} of the flag {flag.key} names no variant; give one.")
    shares = list(flag.percent.values())
    if not all(0 <= share <= _WHOLE for share in shares) or sum(shares) > _WHOLE or len(shares) > _MOST_SHARES:
        raise UnusableFlags(
            f"{place}: percent of the flag {flag.key} is to be a share for one or two variants, up to 100 in all."
        )
    guards = flag.guards
    if min(guards.error_share, guards.abstention_share, guards.groundedness) < 0 or guards.latency_p95 <= 0:
        raise UnusableFlags(f"{place}: the guards of the flag {flag.key} are to be 0 or more, latency_p95 above 0.")
    if guards.hours <= 0 or guards.least < 1:
        raise UnusableFlags(f"{place}: hours and least of the guards of the flag {flag.key} are to be above 0.")
    return flag


def load_flags(path: Path | None = None) -> dict[str, Flag]:
    """The flags of a file, else the shipped ones, by key. Raises `UnusableFlags`."""
    path = path or SHIPPED
    held = read_toml(path, UnusableFlags, "set EVIGRAPH_FLAGS to a file, or unset it")
    return {key: checked(_flag(path, key, row), str(path)) for key, row in held.items()}


def _rules(flag: Flag) -> list[tuple[str, str]]:
    return [
        *(("users", variant) for variant in flag.users.values()),
        *(("groups", variant) for variant in flag.groups.values()),
        *(("percent", variant) for variant in flag.percent),
    ]


def _flag(path: Path, key: str, row: Any) -> Flag:
    if not isinstance(row, dict):
        raise UnusableFlags(f"{path}: {key!r} is no flag; write a table [{key}].")
    known = {item.name for item in fields(Flag)} - {"key"}
    shapes: dict[str, type | tuple[type, ...]] = dict.fromkeys(("users", "groups", "percent", "guards"), dict)
    shapes |= {"description": str, "default": str, "shadow": str, "variants": list}
    for name, value in row.items():
        if name not in known or not isinstance(value, shapes[name]):
            raise UnusableFlags(f"{path}: {name} of the flag {key} cannot be used; see governance/flags/flags.toml.")
    of_text = [*row.get("variants", []), *row.get("users", {}).values(), *row.get("groups", {}).values()]
    numbers = [*row.get("percent", {}).values(), *row.get("guards", {}).values()]
    if not all(isinstance(item, str) for item in of_text) or not all(_is_number(item) for item in numbers):
        raise UnusableFlags(f"{path}: the flag {key} names variants by text, and its shares and guards by numbers.")
    try:
        guards = Guards(**row.get("guards", {}))
    except TypeError:
        told = ", ".join(item.name for item in fields(Guards))
        raise UnusableFlags(f"{path}: the flag {key} has a guard that there is not; there are {told}.") from None
    given = {name: value for name, value in row.items() if name not in ("guards", "variants")}
    return Flag(key, variants=tuple(row.get("variants", ())), guards=guards, **given)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
