"""Which entities may be one."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any

from kg.ontology import GUESSED_TYPES
from kg.resolution.names import MAX_BLOCK, blocks, compare
from kg.resolution.rule import WEIGHTS
from kg.store import Row

# What says nothing about what an entity is.
_UNTYPED = frozenset({*GUESSED_TYPES, "Identifier", "Email"})
# Companies are called by the start of their names; "data" and "data subject" are two things.
_ORGANISATIONS_ONLY = frozenset({"same but for the legal form", "start of the name"})


def suspected_duplicates(entities: Sequence[Row], parameters: Mapping[str, Any]) -> list[Row]:
    """Pairs of entities that have names which may be one entity's, as far as no two of their names contradict.

    Entity resolution left them apart: for want of support, or since a name would fit several. `why` is what the names
    have in common, in the words of `kg.resolution.rule.WEIGHTS`; what weighs most there comes first.
    """
    rows = []
    for one, other in _pairs(entities):
        why = _likeness(one, other)
        if why:
            rows.append(
                {
                    "first": one["name"],
                    "first_type": one["type"],
                    "second": other["name"],
                    "second_type": other["type"],
                    "why": why,
                    "first_id": one["id"],
                    "second_id": other["id"],
                }
            )
    return sorted(
        rows,
        key=lambda row: (-WEIGHTS[row["why"]], row["first"], row["second"], row["first_id"], row["second_id"]),
    )


def _pairs(entities: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Each two entities that share a block of names, once; what so many share tells nothing."""
    sharing: dict[str, list[str]] = {}
    for row in entities:
        for block in {block for name in row["names"] for block in blocks(name)}:
            sharing.setdefault(block, []).append(row["id"])
    by_id = {row["id"]: row for row in entities}
    pairs = {pair for ids in sharing.values() if len(ids) <= MAX_BLOCK for pair in combinations(sorted(ids), 2)}
    for one, other in sorted(pairs):
        yield by_id[one], by_id[other]


def _likeness(one: Row, other: Row) -> str:
    """What the names have in common that weighs most; "" when nothing, or when names or types contradict."""
    types = {one["type"], other["type"]}
    if len(types - _UNTYPED) > 1:
        return ""
    people, organisations = "Person" in types, "Organization" in types
    found = [compare(first, second, people) for first, second in product(one["names"], other["names"])]
    if any(evidence is not None and evidence.contradicts for evidence in found):
        return ""
    kinds = sorted({evidence.kind for evidence in found if evidence is not None})
    if not organisations:
        kinds = [kind for kind in kinds if kind not in _ORGANISATIONS_ONLY]
    return max(kinds, key=WEIGHTS.__getitem__, default="")
