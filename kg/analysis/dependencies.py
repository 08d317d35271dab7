"""What depends on what, and what all hangs on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import networkx as nx

from kg.analysis.graph import Thing, joined, place_of, things_of
from kg.model import entity_id
from kg.store import Row

#: Predicates whose subject depends on the object: a system on its host, a building's equipment on the building.
ON_OBJECT = frozenset({"DEPENDS_ON", "HOSTED_BY", "LOCATED_IN", "OPERATED_BY"})
#: Predicates whose object depends on the subject: a system on its owner, a service on its provider.
ON_SUBJECT = frozenset({"MANAGES", "OWNS", "PART_OF", "PROCESSES", "PROVIDES", "RESPONSIBLE_FOR", "SUBPROCESSOR_OF"})
_EXAMPLES = 10


def dependencies(facts: Sequence[Row]) -> list[Row]:
    """The facts that say that one thing depends on another one. People live somewhere and do not depend on it."""
    return [
        row
        for row in facts
        if row["predicate"] in ON_OBJECT | ON_SUBJECT
        and not (row["predicate"] == "LOCATED_IN" and row["subject_type"] == "Person")
    ]


def _dependents(facts: Sequence[Row], things: Sequence[Thing]) -> nx.DiGraph:
    """From each thing to those that depend on it directly; an edge holds the `fact` that says so.

    Neighbours come in the order of their names, so that the first of several shortest chains is always the same.
    """
    places = place_of(things)
    edges: dict[tuple[int, int], Row] = {}
    for row in sorted(facts, key=lambda row: (row["predicate"], row["fact_id"])):
        ends = places[row["subject_id"]], places[row["object_id"]]
        edges.setdefault(ends[::-1] if row["predicate"] in ON_OBJECT else ends, row)
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(things)))
    for one, other in sorted(edges, key=lambda edge: (things[edge[0]].name, things[edge[1]].name, edge)):
        graph.add_edge(one, other, fact=edges[one, other])
    return graph


def impact(facts: Sequence[Row], parameters: Mapping[str, Any]) -> list[Row]:
    """What depends on the entity with the key `name` within so many `steps`, each with a shortest chain to it."""
    needed = dependencies(facts)
    things = things_of(needed)
    place = place_of(things).get(entity_id(parameters["name"].lower()))
    if place is None:
        return []
    graph = _dependents(needed, things)
    chains = nx.single_source_shortest_path(graph, place, cutoff=parameters["steps"])
    rows = [_affected(graph, things, chain) for chain in chains.values() if len(chain) > 1]
    return sorted(rows, key=lambda row: (row["steps"], row["name"], row["id"]))


def _affected(graph: nx.DiGraph, things: Sequence[Thing], chain: Sequence[int]) -> Row:
    thing = things[chain[-1]]
    said, fact_ids = things[chain[0]].name, []
    for one, other in pairwise(chain):
        fact = graph.edges[one, other]["fact"]
        forward = fact["subject_id"] == things[one].id
        said += f" -{fact['predicate']}-> " if forward else f" <-{fact['predicate']}- "
        said += things[other].name
        fact_ids.append(fact["fact_id"])
    return {
        "name": thing.name,
        "type": thing.type,
        "steps": len(fact_ids),
        "chain": said,
        "fact_ids": fact_ids,
        "id": thing.id,
    }


def single_points_of_failure(facts: Sequence[Row], parameters: Mapping[str, Any]) -> list[Row]:
    """What others depend on and what is an articulation point of the graph of dependencies (Hopcroft and Tarjan, 1973).

    Without the entity, `of` other things that dependencies join fall apart; `cuts_off` counts those that are no longer
    joined to the largest part that is left, `cut_off` names the first ones. `dependents` counts all that depend on it.
    """
    needed = dependencies(facts)
    things = things_of(needed)
    graph, dependents = joined(needed, things), _dependents(needed, things)
    found = []
    for component in nx.connected_components(graph):
        part = nx.Graph(graph.subgraph(sorted(component)))
        for place, count in _cut_off_by(part).items():
            if dependents.out_degree(place):
                found.append((-count, things[place].name, place, part))
    rows = []
    # Only of those that are shown is it worked out whom they cut off: each time takes a walk through the graph.
    for count, name, place, part in sorted(found, key=lambda item: item[:3])[: parameters["limit"]]:
        lost = sorted(things[other].name for other in _cut_off(part, place))
        rows.append(
            {
                "name": name,
                "type": things[place].type,
                "cuts_off": -count,
                "of": len(part) - 1,
                "dependents": len(nx.descendants(dependents, place)),
                "cut_off": lost[:_EXAMPLES],
                "id": things[place].id,
            }
        )
    return rows


def _cut_off_by(graph: nx.Graph) -> dict[int, int]:
    """How many nodes of a connected graph each articulation point cuts off, by the tree of blocks and such points."""
    blocks = list(nx.biconnected_components(graph))
    within = Counter(place for block in blocks for place in block)
    points = {place for place, count in within.items() if count > 1}
    tree, below = nx.Graph(), dict.fromkeys(points, 1)
    for number, block in enumerate(blocks, start=1):
        below[-number] = len(block - points)  # blocks are numbered downwards, nodes are not negative
        tree.add_edges_from((-number, place) for place in block & points)
    if not points:
        return {}
    parents = nx.dfs_predecessors(tree, -1)
    for node in reversed(list(nx.dfs_preorder_nodes(tree, -1))):
        if node in parents:
            below[parents[node]] += below[node]
    parts = {point: [below[node] for node in tree[point] if parents.get(node) == point] for point in points}
    return {point: len(graph) - 1 - max(len(graph) - below[point], *parts[point]) for point in sorted(points)}


def _cut_off(graph: nx.Graph, place: int) -> list[int]:
    rest = nx.restricted_view(graph, [place], [])
    parts = sorted(nx.connected_components(rest), key=lambda part: (-len(part), min(part)))
    return [other for part in parts[1:] for other in part]
