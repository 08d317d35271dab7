"""Which entities belong together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx

from kg.analysis.graph import between_things, joined, page_rank, things_of
from kg.store import Row

_SEED = 1
_NAMED_AFTER = 3


def communities(facts: Sequence[Row], parameters: Mapping[str, Any]) -> list[Row]:
    """Communities by the Louvain method (Blondel and others, 2008), each named after its most central entities.

    `facts` counts those within a community; `members` lists its most central entities, as many as the parameter says.
    """
    facts = between_things(facts)
    things = things_of(facts)
    graph = joined(facts, things)
    ranks = page_rank(graph)
    rows = []
    for found in nx.community.louvain_communities(graph, weight="weight", seed=_SEED):
        if len(found) < parameters["smallest"]:
            continue
        members = [things[place] for place in sorted(found, key=lambda place: (-ranks[place], things[place].id))]
        kinds = Counter(thing.type for thing in members)
        rows.append(
            {
                "community": ", ".join(thing.name for thing in members[:_NAMED_AFTER]),
                "main_type": min(kinds, key=lambda kind: (-kinds[kind], kind)),
                "entities": len(members),
                "facts": int(graph.subgraph(found).size(weight="weight")),
                "members": [thing.name for thing in members[: parameters["members"]]],
                "id": min(thing.id for thing in members),
            }
        )
    return sorted(rows, key=lambda row: (-row["entities"], row["community"], row["id"]))
