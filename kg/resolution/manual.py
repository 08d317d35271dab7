"""Merges and splits that a person decides. They hold until a person decides otherwise, whatever the rule says."""

from kg.merges import load_merges, record_merge, record_split
from kg.ontology import Ontology
from kg.resolution.cluster import representative
from kg.resolution.profile import Profile, Profiles
from kg.resolution.resolve import resolve_entities
from kg.store import GraphStore


class MergeRefused(Exception):
    """The names cannot be merged or split as asked; the message is one sentence."""


def merge_names(store: GraphStore, ontology: Ontology, key: str, into_key: str, user: str) -> None:
    """Make two names, given by key, one entity, with all that was merged with either. Raises `MergeRefused`."""
    profiles = Profiles(store)
    profiles.read([key, into_key])
    one, other = profiles.held[key], profiles.held[into_key]
    if one.node == other.node:
        named = one.name if one.key == other.key else f"{one.name} and {other.name}"
        raise MergeRefused(f"{named} {'is' if one.key == other.key else 'are'} one entity already.")
    mine, theirs = _members(profiles, one), _members(profiles, other)
    if representative([*mine, *theirs]) is None:
        raise MergeRefused(
            f"Some may see {one.name} only and others {other.name} only, so neither name could stand for both; "
            "give their documents the same access first."
        )
    crossing = {frozenset((a.key, b.key)) for a in mine for b in theirs}
    former = load_merges(store, [member.key for member in mine])
    record_merge(store, key, into_key, user, [pair for pair in former if pair in crossing])
    resolve_entities(store, ontology)


def split_name(store: GraphStore, ontology: Ontology, key: str, from_key: str | None, user: str) -> list[str]:
    """Take a name, given by key, out of its entity, or apart from one other name of it; the keys that it left.

    Raises `MergeRefused`.
    """
    profiles = Profiles(store)
    profiles.read([key, *([from_key] if from_key else [])])
    one = profiles.held[key]
    others = [member for member in _members(profiles, one) if member.key != key]
    if not others:
        raise MergeRefused(f"There is nothing to split: {one.name} is merged with no other name.")
    if from_key is not None:
        others = [member for member in others if member.key == from_key]
        if not others:
            raise MergeRefused(f"{one.name} and {profiles.held[from_key].name} are two entities already.")
    left = [member.key for member in others]
    record_split(store, key, left, user)
    resolve_entities(store, ontology)
    return left


def _members(profiles: Profiles, one: Profile) -> list[Profile]:
    return [profile for profile in profiles.held.values() if profile.node == one.node]
