"""What is known of a name in the graph: the ground on which the rule decides."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import batched

import numpy as np

from kg.model import EVERYONE, entity_id
from kg.resolution.names import is_code, is_email
from kg.store import GraphStore, Row, Vector

_BATCH = 2000
_PASSAGES = 30


@dataclass(frozen=True, slots=True)
class Link:
    """A live fact of a name: its predicate, whether the name is its subject, and the name at the other end."""

    predicate: str
    outward: bool
    other: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A name (`key`) as the documents have it, each of them alike whatever it was merged into.

    `node` is the id of the entity where it is now, `groups` are all groups that may see it, `passages` some that
    have it.
    """

    key: str
    name: str
    type: str
    type_rank: int
    mentions: int
    node: str
    documents: frozenset[str]
    groups: frozenset[str]
    passages: tuple[str, ...]
    aliases: frozenset[str]
    links: frozenset[Link] = frozenset()

    def is_seen_by_all_of(self, groups: Collection[str]) -> bool:
        """Whether whoever belongs to any of the groups may see this name."""
        return EVERYONE in self.groups or self.groups.issuperset(groups)

    @property
    def preference(self) -> tuple[bool, int, int, int, str]:
        """Sorts first what an entity should be called by: no identifier, the surest type, most mentions, longest."""
        unspeakable = is_email(self.name) or is_code(self.name)
        return unspeakable, -self.type_rank, -self.mentions, -len(self.name), self.key


@dataclass(slots=True)
class Profiles:
    """The profiles read so far, by key; those read again come from here. For one resolution: the graph must stand."""

    store: GraphStore
    held: dict[str, Profile] = field(default_factory=dict)
    _read: set[str] = field(default_factory=set)
    _vectors: dict[str, Vector | None] = field(default_factory=dict)

    def read(self, keys: Iterable[str]) -> None:
        """Read the profiles of these names, and of all that are merged with one of them; unknown names have none."""
        wanted = sorted(set(keys) - self._read)
        for batch in batched(wanted, _BATCH):
            merged = merged_names(self.store, batch)
            nodes = sorted({merged.get(key, entity_id(key)) for key in batch})
            links = self._links(nodes)
            for row in self.store.run("name_profiles", entity_ids=nodes, most=_PASSAGES).rows:
                self.held[row["key"]] = _profile(row, links.get(row["key"], frozenset()))
                self._read.add(row["key"])
        self._read.update(wanted)

    def _links(self, nodes: list[str]) -> dict[str, frozenset[Link]]:
        found: dict[str, set[Link]] = {}
        for row in self.store.run("name_facts", entity_ids=nodes).rows:
            if row["status"] != "retracted" and not row["negated"]:
                subject, predicate, object_ = row["subject_key"], row["predicate"], row["object_key"]
                found.setdefault(subject, set()).add(Link(predicate, True, object_))
                found.setdefault(object_, set()).add(Link(predicate, False, subject))
        return {key: frozenset(links) for key, links in found.items()}

    def of_node(self, node: str) -> list[str]:
        """The names read that are one entity now."""
        return [key for key, profile in self.held.items() if profile.node == node]

    def context(self, keys: Iterable[str]) -> dict[str, Vector | None]:
        """For each key the mean [384], of unit length, of the vectors of passages that have it; None without any."""
        wanted = sorted(set(keys))
        missing = sorted({passage for key in wanted if key not in self._vectors for passage in self.held[key].passages})
        vectors = self.store.passage_vectors(missing) if missing else {}
        for key in wanted:
            if key not in self._vectors:
                self._vectors[key] = _mean(vectors, self.held[key].passages)
        return {key: self._vectors[key] for key in wanted}


def merged_names(store: GraphStore, keys: Iterable[str]) -> dict[str, str]:
    """Of the names that were merged into another's entity, the id of that entity."""
    rows = store.run("merged_names", keys=sorted(set(keys))).rows
    return {row["key"]: row["entity_id"] for row in rows}


def _profile(row: Row, links: frozenset[Link]) -> Profile:
    return Profile(
        key=row["key"],
        name=row["name"],
        type=row["type"],
        type_rank=row["type_rank"],
        mentions=row["mentions"],
        node=row["entity_id"],
        documents=frozenset(row["documents"]),
        groups=frozenset(group for access in row["access"] for group in access),
        passages=tuple(sorted(row["passages"])),
        aliases=frozenset(row["aliases"]),
        links=links,
    )


def _mean(vectors: Mapping[str, Vector], passages: Iterable[str]) -> Vector | None:
    found = [vectors[passage] for passage in passages if passage in vectors]
    if not found:
        return None
    mean = np.mean(np.stack(found).astype(np.float64), axis=0)
    length = float(np.linalg.norm(mean))
    return (mean / length).astype(np.float32) if length else None
