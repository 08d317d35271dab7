"""Accepted pairs to entities: joined from the surest down, unless members would contradict each other."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kg.resolution.profile import Profile

Pair = frozenset[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two names to join; `certain` ones, a person's, before the rule's and whatever contradicts."""

    pair: Pair
    score: float
    certain: bool = False


def cluster(
    profiles: Mapping[str, Profile],
    candidates: Iterable[Candidate],
    kept_apart: Iterable[Pair],
    contradict: Callable[[str, str], bool],
) -> dict[str, str]:
    """For each key of `profiles` the key of the entity that it belongs to, which may be itself.

    Greedy agglomeration: the order is that of certainty, score and keys, so the result depends on nothing else. No
    cluster holds a pair of `kept_apart`, nor two keys that contradict unless a certain pair joined them, and each has a
    name that whoever may see any member may see, for the entity goes by it.
    """
    members = {key: [key] for key in profiles}
    apart = set(kept_apart)
    for candidate in sorted(candidates, key=lambda item: (not item.certain, -item.score, sorted(item.pair))):
        one, other = (members[key] for key in sorted(candidate.pair))
        if one is other:
            continue
        crossing = [(a, b) for a in one for b in other]
        if any(frozenset(pair) in apart for pair in crossing):
            continue
        if not candidate.certain and any(contradict(a, b) for a, b in crossing):
            continue
        together = sorted(one + other)
        if representative([profiles[key] for key in together]) is None:
            continue
        for key in together:
            members[key] = together
    named = {}
    for key, together in members.items():
        found = representative([profiles[item] for item in together])
        named[key] = found.key if found else key
    return named


def representative(members: Iterable[Profile]) -> Profile | None:
    """The member that names them all; None when none may be seen by everyone who may see another one."""
    listed = sorted(members, key=lambda profile: profile.preference)
    groups = {group for profile in listed for group in profile.groups}
    return next((profile for profile in listed if profile.is_seen_by_all_of(groups)), None)
