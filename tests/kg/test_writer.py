"""kg.writer on both stores: writing twice, replacing, removing, and all or nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import kg_world as world
import numpy as np
import pytest
from kg_world import HANDBOOK, OPINION, SALARIES, SYSTEMS, WORLD, Said, d, document, e, f

from kg import bolt
from kg.embedded import EmbeddedStore
from kg.model import DocumentGraph, Entity, Mention
from kg.store import GraphStore, Step, StoreError
from kg.terms import term_text
from kg.writer import document_state, remove_document, write_document

Fresh = Callable[[], EmbeddedStore]
OWNS_ATLAS = f("Anna Holm", "OWNS", "Atlas")
MANAGES = f("Bo Lund", "MANAGES", "Data Office")
# The handbook's next version: Bo manages nothing any more, the DPO lost the short name, and Cleo reports to Bo.
NEXT = document(
    "handbook",
    ["everyone"],
    [
        SYSTEMS,
        Said(
            "People",
            "Cleo Dahl reports to Bo Lund.",
            ("Cleo Dahl", "Bo Lund"),
            (("Cleo Dahl", "REPORTS_TO", "Bo Lund"),),
        ),
        Said("People", "Bo Lund was the Data Protection Officer.", ("Bo Lund", "Data Protection Officer")),
    ],
    version=2,
)


def counts(store: GraphStore) -> dict[str, int]:
    """Nodes by label and relationships, counted past the catalogue."""
    texts = {label: f"MATCH (n:{label}) RETURN count(n) AS count" for label in ("Passage", "Entity", "Fact", "Run")}
    texts |= {label: f"MATCH (n:{label}) RETURN count(n) AS count" for label in ("Document", "DocumentText")}
    texts |= {"edges": "MATCH ()-[r]->() RETURN count(r) AS count"}
    return {label: rows(store, text)[0]["count"] for label, text in texts.items()}


def rows(store: Any, cypher: str) -> list[dict[str, Any]]:
    """A query of the test itself, which the catalogue does not have."""
    if store.dialect == "embedded":
        return [dict(row) for row in store._graph.execute_cypher(cypher, {})]
    return [record.data() for record in store._driver.execute_query(cypher).records]


def edges(store: GraphStore) -> dict[str, str]:
    """The direct edges between entities: fact id to predicate."""
    found = rows(
        store,
        "MATCH (:Entity)-[r]->(:Entity) RETURN r.fact_id AS fact, type(r) AS type, r.predicate AS predicate",
    )
    return {row["fact"]: row["type"] if store.dialect == "neo4j" else row["predicate"] for row in found}


def shown(store: GraphStore) -> str:
    """Everything that any reading query of the catalogue gives away, as one text."""
    results = [
        result.rows for query in world.readable(store.dialect).values() for result in world.ask(store, query, None)
    ]
    return "\n".join(set(world.strings(results)))


def test_writing_twice_changes_nothing(store: GraphStore) -> None:
    world.write(store, *WORLD)
    before, answers = counts(store), world.ask_all(store, None)
    assert before["Passage"] == 9
    assert before["Fact"] == len(world.ALL_FACTS)
    world.write(store, *WORLD)
    assert counts(store) == before
    for graph in WORLD:
        world.write(store, graph, replaces=True)
    assert counts(store) == before
    assert world.ask_all(store, None) == answers


def test_the_order_of_documents_does_not_matter(store: GraphStore, fresh: Fresh) -> None:
    other = fresh()
    world.write(other, *WORLD)
    world.write(store, *reversed(WORLD))
    assert world.ask_all(store, None) == world.ask_all(other, None)


def _now(store: GraphStore) -> world.Answers:
    """All answers but those of the queries that are there to tell what former versions said."""
    return {name: rows for name, rows in world.ask_all(store, None).items() if name not in world.FORMER}


def test_a_new_version_replaces_the_former(store: GraphStore, fresh: Fresh) -> None:
    world.write(store, *WORLD)
    world.write(store, NEXT, replaces=True)
    never_had_the_former = fresh()
    world.write(never_had_the_former, SALARIES, OPINION, NEXT)
    assert _now(store) == _now(never_had_the_former)
    held = document_state(store, d("handbook"))
    assert held is not None
    assert (held["version"], held["sha256"]) == (2, NEXT.document.sha256)


def test_a_fact_without_evidence_is_retracted_not_forgotten(store: GraphStore) -> None:
    world.write(store, *WORLD)
    assert edges(store)[MANAGES] == "MANAGES"
    world.write(store, NEXT, replaces=True)
    assert MANAGES not in edges(store)
    status = {row["id"]: row["status"] for row in rows(store, "MATCH (f:Fact) RETURN f.id AS id, f.status AS status")}
    assert status[MANAGES] == "retracted"
    assert status[OWNS_ATLAS] == "asserted"  # the new version and the opinion say so
    assert status[f("Anna Holm", "REPORTS_TO", "Bo Lund")] == "asserted"  # the salaries say so
    assert MANAGES not in set(world.strings(_now(store)))


def test_a_fact_stated_again_is_live_again(store: GraphStore, fresh: Fresh) -> None:
    world.write(store, *WORLD)
    before = _now(store)
    world.write(store, NEXT, replaces=True)
    world.write(store, HANDBOOK, replaces=True)
    assert _now(store) == before
    assert edges(store)[MANAGES] == "MANAGES"


@pytest.mark.parametrize("removed", WORLD, ids=lambda graph: graph.document.title)
def test_a_removed_document_leaves_nothing(store: GraphStore, fresh: Fresh, removed: DocumentGraph) -> None:
    """Not even a retracted fact: the store answers like one that never held the document."""
    world.write(store, *WORLD)
    if removed is HANDBOOK:
        world.write(store, NEXT, replaces=True)  # what its former version said goes too
    remove_document(store, removed.document.id)
    rest = [graph for graph in WORLD if graph is not removed]
    never_had_it = fresh()
    world.write(never_had_it, *rest)
    assert world.ask_all(store, None) == world.ask_all(never_had_it, None)
    assert {key: value for key, value in counts(store).items() if key != "Run"} == {
        key: value for key, value in counts(never_had_it).items() if key != "Run"
    }
    everything = shown(store)
    assert [sign for sign in world.traces([removed, NEXT], rest) if sign in everything] == []


def test_removing_all_leaves_an_empty_graph(store: GraphStore) -> None:
    world.write(store, *WORLD)
    for graph in WORLD:
        remove_document(store, graph.document.id)
    assert {key: value for key, value in counts(store).items() if value} == {"Run": 1}
    world.write(store, *WORLD)  # and the ids can be used again
    assert counts(store)["Fact"] == len(world.ALL_FACTS)


def test_removing_an_unknown_document_does_nothing(store: GraphStore) -> None:
    world.write(store, HANDBOOK)
    before = counts(store)
    remove_document(store, d("none"))
    assert counts(store) == before


def test_a_failing_step_leaves_nothing(store: GraphStore) -> None:
    world.write(store, HANDBOOK)
    before, answers = counts(store), world.ask_all(store, None)
    document_row = {"id": d("half"), "title": "Half", "access": ["everyone"]}
    steps = [
        Step("write_document", {"document": document_row, "text": "half"}),
        Step("retract_facts", {"document_id": d("handbook")}),
        Step("delete_passages", {"document_id": d("handbook")}),
        Step("write_run", {}),  # its parameter is missing
    ]
    with pytest.raises(StoreError):
        store.write(steps, {})
    assert counts(store) == before
    assert world.ask_all(store, None) == answers


def test_an_object_that_no_store_takes_leaves_nothing(store: GraphStore) -> None:
    steps = [
        Step("write_document", {"document": {"id": d("half")}, "text": "half"}),
        Step("write_next", {"rows": [{"from": object(), "to": "p"}]}),
    ]
    with pytest.raises(StoreError):
        store.write(steps, {})
    assert counts(store)["Document"] == 0


def test_more_rows_than_one_batch(store: GraphStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bolt, "BATCH", 100)
    passage = HANDBOOK.passages[0]
    many = [f"Thing {number}" for number in range(207)]
    entities = tuple(Entity(e(name), name.lower(), name, "Concept", 1, term_text(name)) for name in many)
    mentions = tuple(Mention(passage.id, entity.id, 0, 1, entity.name, 0.5) for entity in entities)
    world.write(store, replace(HANDBOOK, entities=entities, mentions=mentions, facts=()))
    assert counts(store)["Entity"] == len(many)
    listed = store.run("entities_of_type", type="Concept", limit=1000, groups=["everyone"], as_of=None).rows
    assert len(listed) == len(many)


def test_edges_show_the_predicate(store: GraphStore) -> None:
    world.write(store, *WORLD)
    said = {fact.id: fact.predicate for graph in WORLD for fact in graph.facts if not fact.negated}
    assert edges(store) == said  # what is denied is no edge


@pytest.mark.parametrize("predicate", ["owns", "OWNS]->(x) DETACH DELETE x //", "OWNS\n", "", "1ST", "ÖWNS", "`A`"])
def test_a_predicate_of_another_form_is_refused(store: GraphStore, predicate: str) -> None:
    """The predicate becomes a relationship's type in Neo4j."""
    fact = replace(HANDBOOK.facts[0], predicate=predicate)
    with pytest.raises(ValueError, match="predicate"):
        world.write(store, replace(HANDBOOK, facts=(fact,)))
    assert counts(store)["Document"] == 0


def test_aliases_are_those_of_the_documents_held(store: GraphStore) -> None:
    def found(words: str) -> list[Any]:
        return [(r["name"], r["aliases"]) for r in store.search_text("search_entities", words, 5, None, None).rows]

    world.write(store, HANDBOOK)
    assert found("dpo") == [("Data Protection Officer", ["DPO"])]
    other = Said("", "Our Data Protection Officer, or privacy lead.", ("Data Protection Officer",))
    other = replace(other, aliases=(("Data Protection Officer", "privacy lead"),))
    world.write(store, document("notice", ["everyone"], [other]))
    assert found("privaci") == [("Data Protection Officer", ["DPO", "privacy lead"])]
    world.write(store, NEXT, replaces=True)
    assert found("dpo") == []
    assert found("offic")[0] == ("Data Protection Officer", ["privacy lead"])
    remove_document(store, d("notice"))
    assert found("privaci") == []
    assert found("offic")[0] == ("Data Protection Officer", [])


def test_the_more_certain_type_wins_and_goes_with_its_document(store: GraphStore) -> None:
    vague = document("vague", ["everyone"], [Said("", "Falcon is fine.", ("Falcon",))])
    (falcon,) = vague.entities
    certain = document("certain", ["everyone"], [Said("", "FALCON flies.", ("FALCON",))])
    certain = replace(certain, entities=(replace(falcon, name="FALCON", type="System", type_rank=9),))

    def held() -> tuple[str, str]:
        (row,) = store.run("entity", entity_id=falcon.id, groups=None).rows
        return row["name"], row["type"]

    world.write(store, vague, certain)
    both = held()
    assert both[1] == "System"
    remove_document(store, certain.document.id)
    assert held() == ("Falcon", "Concept")
    world.write(store, certain)
    remove_document(store, vague.document.id)
    world.write(store, vague)
    assert held() == both  # whatever the order


def test_a_fact_is_as_sure_as_what_still_evidences_it(store: GraphStore) -> None:
    def confidence() -> float:
        return float(store.run("facts_by_id", fact_ids=[OWNS_ATLAS], groups=None, as_of=None).rows[0]["confidence"])

    world.write(store, HANDBOOK, OPINION)
    assert confidence() == 0.9
    remove_document(store, d("handbook"))
    assert confidence() == 0.8


def test_access_is_that_of_the_last_version(store: GraphStore) -> None:
    world.write(store, HANDBOOK)
    closed = replace(HANDBOOK, document=replace(HANDBOOK.document, access=("hr",), version=2))
    world.write(store, closed, replaces=True)
    assert store.run("documents", limit=5, groups=["everyone"]).rows == []
    assert store.run("facts_by_id", fact_ids=[OWNS_ATLAS], groups=["everyone"], as_of=None).rows == []
    assert store.run("facts_by_id", fact_ids=[OWNS_ATLAS], groups=["hr"], as_of=None).rows


def test_vectors_come_and_go_with_their_passages(store: GraphStore) -> None:
    world.write(store, *WORLD)
    query = world.unit_vector(SALARIES.passages[0].text)
    assert store.search_vectors(query, 1, None, None).rows[0]["id"] == SALARIES.passages[0].id
    remove_document(store, d("salaries"))
    left = {row["id"] for row in store.search_vectors(query, 100, None, None).rows}
    assert left == {passage.id for graph in (HANDBOOK, OPINION) for passage in graph.passages}


def test_a_document_of_nothing(store: GraphStore) -> None:
    """An empty file, or a scan without text, is held all the same."""
    empty = replace(HANDBOOK, text="", passages=(), entities=(), mentions=(), facts=())
    write_document(store, empty, {}, replaces=False)
    assert store.run("documents", limit=5, groups=None).rows[0]["passages"] == 0
    assert store.run("document_text", document_id=d("handbook"), groups=None).rows[0]["text"] == ""


def test_unit_vectors_are_the_same_every_time() -> None:
    assert np.array_equal(world.unit_vector("a"), world.unit_vector("a"))
    assert np.linalg.norm(world.unit_vector("a")) == pytest.approx(1)
