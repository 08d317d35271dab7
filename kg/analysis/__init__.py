"""Graph analyses: what no single query tells, computed over the rows of one catalogue query.

Who may see what, and on which day it holds, is decided inside that query. An analysis is described as a query is, and
listed and run as those are; its rows do not depend on the order in which a store returns facts.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from kg.catalogue import DIALECTS, Query, get_query, read_parameters
from kg.store import GraphStore, QueryResult, Row, elapsed_ms

FOLDER = "analysis"
_VISIBILITY = "groups: list of string or null, as_of: date or null"


@dataclass(frozen=True, slots=True)
class Analysis:
    """An analysis: `description` is as a query's, `compute` makes its rows of those that the query `reads` finds.

    `compute` takes the rows and all parameters. The parameter `rows` bounds how many rows are read.
    """

    description: Query
    reads: str
    compute: Callable[[Sequence[Row], Mapping[str, Any]], list[Row]]


@cache
def analyses() -> dict[str, Analysis]:
    """All analyses by name."""
    # networkx is slow to import, and most commands need no analysis.
    from kg.analysis import centrality, communities, dependencies, duplicates

    facts, names = "facts_between_things", "names_of_entities"
    bounded = "without_types: list of string = Event, rows: integer = 100000, limit: integer = 20"
    listed = [
        _analysis(
            facts,
            centrality.central_entities,
            purpose="The most central entities, by PageRank over the facts between things.",
            parameters=bounded,
            columns=("name", "type", "score", "neighbours", "facts", "id"),
            example="Who and what is at the centre of it all?",
        ),
        _analysis(
            facts,
            communities.communities,
            purpose="Groups of entities that have more to do with one another than with the rest (Louvain).",
            parameters=f"{bounded}, smallest: integer = 3, members: integer = 10",
            columns=("community", "main_type", "entities", "facts", "members", "id"),
            example="Which systems, people and suppliers belong together?",
        ),
        _analysis(
            facts,
            dependencies.impact,
            purpose="What depends on an entity, however indirectly, with the chain of facts that shows why.",
            parameters=f"name: name of an entity, steps: integer = 5, {bounded}",
            columns=("name", "type", "steps", "chain", "fact_ids", "id"),
            example="What is hit when Korvane Cloud AB fails?",
        ),
        _analysis(
            facts,
            dependencies.single_points_of_failure,
            purpose="What others depend on and without which some are cut off (articulation points of dependencies).",
            parameters=bounded,
            columns=("name", "type", "cuts_off", "of", "dependents", "cut_off", "id"),
            example="What must not fail?",
        ),
        _analysis(
            names,
            duplicates.suspected_duplicates,
            purpose="Entities whose names may be one entity's and were not merged, with what the names have in common.",
            parameters=bounded.replace("Event", "Event; Term; Concept"),
            columns=("first", "first_type", "second", "second_type", "why", "first_id", "second_id"),
            example="Which entities may be the same?",
        ),
    ]
    return {item.description.name: item for item in listed}


def _analysis(
    reads: str,
    compute: Callable[[Sequence[Row], Mapping[str, Any]], list[Row]],
    *,
    purpose: str,
    parameters: str,
    columns: tuple[str, ...],
    example: str,
) -> Analysis:
    types, defaults = read_parameters(f"{parameters}, {_VISIBILITY}")
    cypher = get_query(reads, DIALECTS[0]).cypher
    name = compute.__name__
    return Analysis(Query(name, FOLDER, purpose, types, defaults, columns, example, cypher, DIALECTS), reads, compute)


def run_analysis(store: GraphStore, analysis: Analysis, parameters: Mapping[str, Any]) -> tuple[QueryResult, bool]:
    """The rows of an analysis, and whether all was read: False when there may be more than the parameter `rows`.

    `parameters` holds all that the analysis takes. The result's `cypher` is that of the query which it reads.
    Raises `StoreError`.
    """
    started = time.perf_counter()
    query = get_query(analysis.reads, store.dialect)
    asked = {name: parameters[name] for name in query.parameters if name != "limit"}
    read = store.run(analysis.reads, **asked, limit=parameters["rows"])
    found = analysis.compute(read.rows, parameters)[: parameters["limit"]]
    result = replace(
        read, name=analysis.description.name, parameters=dict(parameters), rows=found, ms=elapsed_ms(started)
    )
    return result, len(read.rows) < parameters["rows"]
