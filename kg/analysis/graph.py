"""Rows of `facts_between_things` as graphs of networkx, the same whatever the order of the rows.

Nodes are numbers in the order of the entities' ids: sets of numbers, unlike sets of strings, come in the same order in
every process.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from kg.ontology import GUESSED_TYPES
from kg.store import Row


@dataclass(frozen=True, slots=True)
class Thing:
    """An entity as facts name it."""

    id: str
    name: str
    type: str


def between_things(facts: Sequence[Row]) -> list[Row]:
    """The facts without those whose object is a bare word: of no known type, and with nothing said of it.

    "High" or "reduce" in a table would join all that has nothing else in common.
    """
    subjects = {row["subject_id"] for row in facts}
    return [row for row in facts if row["object_type"] not in GUESSED_TYPES or row["object_id"] in subjects]


def things_of(facts: Iterable[Row]) -> list[Thing]:
    """The entities that facts join, by id: a graph's nodes are their places here."""
    ends = {row[f"{end}_id"]: Thing(row[f"{end}_id"], row[end], row[f"{end}_type"]) for row in facts for end in _ENDS}
    return [ends[identity] for identity in sorted(ends)]


_ENDS = ("subject", "object")


def joined(facts: Sequence[Row], things: Sequence[Thing]) -> nx.Graph:
    """The undirected graph: one edge for each pair that facts join, its `weight` the number of those facts."""
    places = place_of(things)
    weights: dict[tuple[int, int], int] = {}
    for row in facts:
        one, other = sorted((places[row["subject_id"]], places[row["object_id"]]))
        weights[one, other] = weights.get((one, other), 0) + 1
    graph = nx.Graph()
    graph.add_nodes_from(range(len(things)))
    graph.add_weighted_edges_from((one, other, weight) for (one, other), weight in sorted(weights.items()))
    return graph


def place_of(things: Sequence[Thing]) -> Mapping[str, int]:
    """The node of each entity's id."""
    return {thing.id: place for place, thing in enumerate(things)}


def page_rank(graph: nx.Graph) -> list[float]:
    """PageRank (Brin and Page, 1998; damping 0.85) of each node, rounded so that no last digit decides."""
    ranks = nx.pagerank(graph, weight=None)
    return [round(ranks[node], 9) for node in range(len(ranks))]
