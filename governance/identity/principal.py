"""Who acts, and whose documents they may see."""

from collections.abc import Iterable
from dataclasses import dataclass

from kg.model import EVERYONE

#: The group whose members see every document.
EVERY_GROUP = "*"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts: `user` is their name, `groups` those whose documents they may see, None for all of them;
    `how` they were recognised: owner, token, key or password."""

    user: str
    roles: frozenset[str]
    groups: tuple[str, ...] | None
    how: str


@dataclass(frozen=True, slots=True)
class ScopedPrincipal(Principal):
    """Who acts by an API key that lets them do only some of what they may: `scopes` are permissions or roles."""

    scopes: frozenset[str]


#: Whoever sits at the machine, while nobody needs to sign in.
OWNER = Principal("owner", frozenset({"admin"}), None, "owner")

#: Names that records of the graph use for who decided, so nobody else may go by them (see `kg.merges`).
RESERVED = frozenset({"owner", "rule"})


def seen_groups(groups: Iterable[str]) -> tuple[str, ...] | None:
    """The groups of a principal from those that they are given: everyone is in all; None where "*" is among them."""
    given = set(groups)
    return None if EVERY_GROUP in given else tuple(sorted({EVERYONE, *given}))
