"""kg.analysis: right by a slower way of reckoning, and the same to the last digit in every process."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.analysis import analyses
from kg.analysis.dependencies import ON_OBJECT, ON_SUBJECT, impact, single_points_of_failure
from kg.model import entity_id
from kg.store import Row

NAMES = [f"thing {number}" for number in range(9)]
PREDICATES = sorted(ON_OBJECT | ON_SUBJECT)
ENDS = st.tuples(st.sampled_from(NAMES), st.sampled_from(PREDICATES), st.sampled_from(NAMES))
STATEMENTS = st.lists(ENDS.filter(lambda ends: ends[0] != ends[2]), max_size=20, unique=True)


def facts_of(statements: Sequence[tuple[str, str, str]]) -> list[Row]:
    """Rows as `facts_between_things` finds them."""
    return [
        {
            "fact_id": f"f_{subject} {predicate} {object_}",
            "subject_id": entity_id(subject),
            "subject": subject,
            "subject_type": "System",
            "predicate": predicate,
            "object_id": entity_id(object_),
            "object": object_,
            "object_type": "System",
            "confidence": 0.9,
        }
        for subject, predicate, object_ in statements
    ]


def depends(statement: tuple[str, str, str]) -> tuple[str, str]:
    """What depends on what: (dependent, needed)."""
    subject, predicate, object_ = statement
    return (subject, object_) if predicate in ON_OBJECT else (object_, subject)


def reached(statements: Sequence[tuple[str, str, str]], name: str, steps: int) -> dict[str, int]:
    """Everything that depends on `name`, with how many steps away, one ring after the other."""
    rings = {name: 0}
    for step in range(1, steps + 1):
        ring = {one for one, other in map(depends, statements) if rings.get(other) == step - 1} - set(rings)
        rings |= dict.fromkeys(ring, step)
    del rings[name]
    return rings


@given(STATEMENTS, st.integers(1, 4))
def test_impact_is_everything_that_depends_and_its_chain_says_why(
    statements: list[tuple[str, str, str]], steps: int
) -> None:
    rows = impact(facts_of(statements), {"name": NAMES[0], "steps": steps})
    assert {row["name"]: row["steps"] for row in rows} == reached(statements, NAMES[0], steps)
    for row in rows:
        assert row["steps"] == len(set(row["fact_ids"]))
        assert row["chain"].startswith(NAMES[0])
        assert row["chain"].endswith(row["name"])
        assert len(row["fact_ids"]) == row["chain"].count("->") + row["chain"].count("<-")


@given(STATEMENTS)
def test_single_points_of_failure_cut_off_what_removing_them_does(statements: list[tuple[str, str, str]]) -> None:
    graph = nx.Graph([depends(statement) for statement in statements])
    expected: dict[str, int] = {}
    for name in graph:
        part = nx.node_connected_component(graph, name) - {name}
        left = [len(piece) for piece in nx.connected_components(graph.subgraph(part))]
        if len(left) > 1 and reached(statements, name, 1):
            expected[name] = sum(left) - max(left)
    rows = single_points_of_failure(facts_of(statements), {"limit": 99})
    assert {row["name"]: row["cuts_off"] for row in rows} == expected
    assert all(row["dependents"] == len(reached(statements, row["name"], len(NAMES))) for row in rows)


def test_who_lives_somewhere_does_not_depend_on_it() -> None:
    (row,) = facts_of([("Anna", "LOCATED_IN", "Malmö")])
    asked = {"name": "malmö", "steps": 3}
    assert impact([{**row, "object_id": entity_id("malmö")}], asked)
    assert not impact([{**row, "object_id": entity_id("malmö"), "subject_type": "Person"}], asked)


def computed(facts: list[Row], names: list[Row]) -> dict[str, Any]:
    """What every analysis makes of these rows."""
    found = {}
    for name, analysis in analyses().items():
        asked = {**analysis.description.defaults, "name": NAMES[0]}
        found[name] = analysis.compute(names if analysis.reads == "names_of_entities" else facts, asked)
    return found


def sample() -> tuple[list[Row], list[Row]]:
    """Facts of 300 things in clumps, with many ties, and names that are nearly alike."""
    chance = random.Random(7)
    things = [f"thing {number}" for number in range(300)]
    statements = {
        (things[at], chance.choice(PREDICATES), things[(at + chance.choice([1, 1, 2, 150])) % 300])
        for at in range(299)
        for _ in range(2)
    }
    names = [
        {"id": entity_id(name), "name": name, "type": "Organization", "names": [name]}
        for name in ("Nordwind", "Nordwind GmbH", "Nordwynd", "Polarkeep", "Polarkeep Oy", "Polarkep")
    ]
    return facts_of(sorted(statements)), names


def test_the_order_of_rows_changes_nothing() -> None:
    facts, names = sample()
    expected = computed(facts, names)
    assert all(expected.values())
    random.Random(1).shuffle(facts)
    names.reverse()
    assert computed(facts, names) == expected


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_with_another_hash_seed_finds_the_same(seed: str) -> None:
    program = "import json, test_analysis as t; print(json.dumps(t.computed(*t.sample())))"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == json.loads(json.dumps(computed(*sample())))


def test_communities_are_named_after_their_most_central_members() -> None:
    clumps = [
        [("hub a", "OWNS", f"a{number}") for number in range(4)],
        [("hub b", "OWNS", f"b{number}") for number in range(3)],
    ]
    parameters = {"smallest": 3, "members": 2, "limit": 9}
    rows = analyses()["communities"].compute(facts_of([*clumps[0], *clumps[1]]), parameters)
    assert [(row["community"].split(",")[0], row["entities"], row["facts"]) for row in rows] == [
        ("hub a", 5, 4),
        ("hub b", 4, 3),
    ]
    assert all(len(row["members"]) == 2 for row in rows)
    assert analyses()["communities"].compute(facts_of(clumps[1]), {**parameters, "smallest": 5}) == []


def test_a_bare_word_joins_nobody() -> None:
    facts = facts_of(
        [("Atlas", "HAS_CRITICALITY", "high"), ("Vega", "HAS_CRITICALITY", "high"), ("Atlas", "OWNS", "Vega")]
    )
    facts = [{**row, "object_type": "Term"} if row["object"] == "high" else row for row in facts]
    central = analyses()["central_entities"].compute
    assert [row["name"] for row in central(facts, {})] == ["Atlas", "Vega"]
    said_of = facts_of([("high", "OWNS", "Atlas")])
    assert {row["name"] for row in central([*facts, *said_of], {})} == {"Atlas", "Vega", "high"}


def test_page_rank_adds_up_to_one() -> None:
    facts, _ = sample()
    rows = analyses()["central_entities"].compute(facts, {})
    assert sum(row["score"] for row in rows) == pytest.approx(1, abs=1e-3)
    assert len({row["id"] for row in rows}) == len(rows) == 300


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (("Nordwind GmbH", "Organization"), ("Nordwind", "Organization"), "same but for the legal form"),
        (("Customer Relations", "System"), ("Custommer Relations", "System"), "nearly the same spelling"),
        (("Data", "DataCategory"), ("Data subject", "Role"), ""),
        (("Anna Holm", "Person"), ("A. Holm", "Person"), "same surname and initial"),
        (("Anna Holm", "Person"), ("Bo Holm", "Person"), ""),
        (("CTR-2024-007", "Contract"), ("CTR-2024-008", "Contract"), ""),
        (("Atlas", "System"), ("Altas", "Person"), ""),
    ],
)
def test_names_that_may_be_one_entitys(one: tuple[str, str], other: tuple[str, str], why: str) -> None:
    entities = [{"id": entity_id(name), "name": name, "type": kind, "names": [name]} for name, kind in (one, other)]
    rows = analyses()["suspected_duplicates"].compute(entities, {})
    assert [row["why"] for row in rows] == ([why] if why else [])
