"""Which entities are central."""

from collections.abc import Mapping, Sequence
from typing import Any

from kg.analysis.graph import between_things, joined, page_rank, things_of
from kg.store import Row


def central_entities(facts: Sequence[Row], parameters: Mapping[str, Any]) -> list[Row]:
    """Entities by PageRank over the undirected graph; `score` adds up to 1 over all of them."""
    facts = between_things(facts)
    things = things_of(facts)
    graph = joined(facts, things)
    rows = [
        {
            "name": thing.name,
            "type": thing.type,
            "score": round(score, 6),
            "neighbours": graph.degree(place),
            "facts": graph.degree(place, weight="weight"),
            "id": thing.id,
        }
        for place, (thing, score) in enumerate(zip(things, page_rank(graph), strict=True))
    ]
    return sorted(rows, key=lambda row: (-row["score"], row["name"], row["id"]))
