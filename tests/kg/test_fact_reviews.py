"""kg.fact_reviews on both stores: what a person decides of a fact holds, whatever documents say afterwards."""

from dataclasses import replace
from typing import Any

import kg_world as world
import pytest
from kg_world import HANDBOOK, OPINION, SALARIES, SYSTEMS, WORLD, Said, d, document, e, f
from test_writer import edges, rows

from kg.fact_reviews import FactReviewRefused, approve_fact, correct_fact, reject_fact
from kg.ontology import load_ontology
from kg.store import GraphStore, Row
from kg.writer import remove_document

MANAGES = f("Bo Lund", "MANAGES", "Data Office")
OWNS_ATLAS = f("Anna Holm", "OWNS", "Atlas")
MEANT = f("Bo Lund", "MANAGES", "Privacy Team")
LESS = replace(HANDBOOK, facts=tuple(fact for fact in HANDBOOK.facts if fact.id != MANAGES))


def facts(store: GraphStore, *ids: str, groups: list[str] | None = None) -> list[Row]:
    return store.run("facts_by_id", fact_ids=list(ids), groups=groups, as_of=None).rows


def states(store: GraphStore, *ids: str) -> dict[str, Any]:
    return {row["id"]: row["status"] for row in store.run("fact_states", fact_ids=list(ids)).rows}


def test_an_approved_fact_stays_reviewed_wherever_it_is_stated_again(store: GraphStore) -> None:
    world.write(store, HANDBOOK, SALARIES)
    approve_fact(store, MANAGES, "rita")
    assert states(store, MANAGES) == {MANAGES: "reviewed"}
    world.write(store, HANDBOOK, replaces=True)
    assert states(store, MANAGES) == {MANAGES: "reviewed"}
    world.write(store, LESS, replaces=True)
    assert (states(store, MANAGES), facts(store, MANAGES)) == ({MANAGES: "retracted"}, [])
    world.write(store, HANDBOOK, replaces=True)
    assert states(store, MANAGES) == {MANAGES: "reviewed"}
    assert edges(store)[MANAGES] == "MANAGES"
    uncertain = store.run("uncertain_facts", confidence=1.0, limit=100, groups=None, as_of=None).rows
    assert MANAGES not in {row["fact_id"] for row in uncertain} != set()


def test_a_rejected_fact_is_in_no_answer_whoever_states_it(store: GraphStore) -> None:
    world.write(store, HANDBOOK)
    reject_fact(store, OWNS_ATLAS, "rita")

    def gone() -> bool:
        given = set(world.strings(world.ask_all(store, None))) if store.dialect == "embedded" else set()
        return not facts(store, OWNS_ATLAS) and OWNS_ATLAS not in edges(store) and OWNS_ATLAS not in given

    assert gone()
    world.write(store, HANDBOOK, replaces=True)
    assert gone()
    world.write(store, OPINION)  # another document says so too
    assert gone()
    approve_fact(store, OWNS_ATLAS, "rita")
    assert len(facts(store, OWNS_ATLAS)) == 1
    assert edges(store)[OWNS_ATLAS] == "OWNS"


def test_a_corrected_fact_gives_way_to_what_is_meant(store: GraphStore) -> None:
    world.write(store, HANDBOOK, SALARIES)
    ontology = load_ontology()
    assert correct_fact(store, ontology, MANAGES, " the Privacy  Team ", "rita") == MEANT
    [row] = facts(store, MEANT, groups=["everyone"])
    assert (row["subject"], row["object"], row["confidence"]) == ("Bo Lund", "the Privacy Team", 1.0)
    assert (facts(store, MANAGES), states(store, MEANT, MANAGES)) == ([], {MEANT: "reviewed", MANAGES: "retracted"})
    assert {fact: name for fact, name in edges(store).items() if fact in (MEANT, MANAGES)} == {MEANT: "MANAGES"}
    [said] = store.run("evidence_of_facts", fact_ids=[MEANT], groups=None, as_of=None).rows
    assert (said["document_id"], said["quote"]) == (d("handbook"), "Bo Lund, who manages the Data Office")
    [entity] = store.run("entities_by_key", keys=["privacy team"], groups=["everyone"]).rows
    assert entity["id"] == e("Privacy Team")
    found = "RETURN f.id AS id, r.extractor AS by, r.model_version AS who"
    runs = rows(store, f"MATCH (f:Fact)-[:GENERATED_BY]->(r:Run) {found}")
    assert [(run["by"], run["who"]) for run in runs if run["id"] == MEANT] == [("review", "rita")]


def test_a_correction_goes_along_while_the_words_are_the_same(store: GraphStore) -> None:
    world.write(store, HANDBOOK)
    correct_fact(store, load_ontology(), MANAGES, "Privacy Team", "rita")
    longer = Said("Else", "Vega is new.", ("Vega",))
    said = next(item for item in _paragraphs() if "manages" in item.text)
    world.write(store, document("handbook", ["everyone"], [SYSTEMS, longer, said], version=2), replaces=True)
    assert (len(facts(store, MEANT)), facts(store, MANAGES)) == (1, [])
    assert edges(store)[MEANT] == "MANAGES"
    other = Said(said.heading, "Now it is Bo Lund who runs the Data Office.", said.names[1:], said.facts[1:])
    world.write(store, document("handbook", ["everyone"], [SYSTEMS, other], version=3), replaces=True)
    assert (facts(store, MEANT), facts(store, MANAGES)) == ([], [])
    remove_document(store, d("handbook"))
    left = {label for row in rows(store, "MATCH (n) RETURN labels(n) AS labels") for label in row["labels"]}
    assert left <= {"Run", "Change"}


def _paragraphs() -> list[Said]:
    return [
        Said(
            "People",
            "Anna Holm reports to Bo Lund, who manages the Data Office.",
            ("Anna Holm", "Bo Lund", "Data Office"),
            (("Anna Holm", "REPORTS_TO", "Bo Lund"), ("Bo Lund", "MANAGES", "Data Office")),
        )
    ]


def test_what_cannot_be_decided_is_told(store: GraphStore) -> None:
    world.write(store, *WORLD)
    ontology = load_ontology()
    for name in ("", " ... ", "Data Office", "the data office", "Bo Lund"):
        with pytest.raises(FactReviewRefused):
            correct_fact(store, ontology, MANAGES, name, "rita")
    world.write(store, LESS, replaces=True)
    for decide in (approve_fact, reject_fact):
        with pytest.raises(FactReviewRefused, match="No document states"):
            decide(store, MANAGES, "rita")
        with pytest.raises(FactReviewRefused, match="No document states"):
            decide(store, "f_none", "rita")


def test_the_object_may_be_one_that_is_held_and_the_fact_one_that_is_denied(store: GraphStore) -> None:
    world.write(store, *WORLD)
    denied = f("Bo Lund", "OWNS", "Borealis", negated=True)
    meant = correct_fact(store, load_ontology(), denied, "Atlas", "rita")
    assert meant == f("Bo Lund", "OWNS", "Atlas", negated=True)
    [row] = facts(store, meant, groups=["legal"])
    assert (row["object_id"], row["negated"], row["object_type"]) == (e("Atlas"), True, "System")
    assert facts(store, meant, groups=["everyone"]) == []  # as whoever sees the words it rests on
    assert meant not in edges(store)
