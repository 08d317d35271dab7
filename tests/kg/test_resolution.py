"""Entity resolution on both stores: the graph after it, whatever came in which order, and what people decide."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import kg_world as world
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kg_world import Said, d, e, f

from kg.embedded import EmbeddedStore
from kg.merges import load_merges
from kg.model import DocumentGraph
from kg.names import normalise_name
from kg.ontology import load_ontology
from kg.resolution.manual import MergeRefused, merge_names, split_name
from kg.resolution.profile import merged_names
from kg.resolution.resolve import resolve_entities
from kg.store import GraphStore, Row
from kg.terms import term_text
from kg.writer import remove_document, write_document

Fresh = Callable[[], EmbeddedStore]
ONTOLOGY = load_ontology()
TYPES = {
    "Maria Lind": "Person",
    "Martin Lind": "Person",
    "M. Lind": "Person",
    "maria.lind@nordwind.example": "Email",
    "Nordwind AB": "Organization",
    "Nordwind": "Organization",
    "Vega": "System",
    "Atlas": "System",
    "Legal Office": "Department",
}
MAIL = "maria.lind@nordwind.example"


def document(
    name: str, said: Iterable[Said], access: tuple[str, ...] = ("everyone",), version: int = 1
) -> DocumentGraph:
    """A document of these paragraphs, with the types of this module; its vectors are all alike (see `write`)."""
    made = world.document(name, access, said, version)
    entities = tuple(replace(entity, type=TYPES.get(entity.name, "Term")) for entity in made.entities)
    return replace(made, entities=entities)


def said(text: str, *names: str, facts: tuple[tuple[str, str, str], ...] = ()) -> Said:
    return Said("", text, names, facts)


STAFF = document(
    "staff",
    [
        said("Maria Lind owns Atlas.", "Maria Lind", "Atlas", facts=(("Maria Lind", "OWNS", "Atlas"),)),
        said("Maria Lind is in the Legal Office of Nordwind AB.", "Maria Lind", "Legal Office", "Nordwind AB"),
    ],
)
LOG = document(
    "log",
    [
        said(f"{MAIL} opened Vega.", MAIL, "Vega", facts=((MAIL, "USES", "Vega"),)),
        said(f"Atlas was opened by {MAIL}.", MAIL, "Atlas", facts=((MAIL, "OWNS", "Atlas"),)),
    ],
)
MINUTES = document(
    "minutes",
    [
        said("M. Lind owns Atlas.", "M. Lind", "Atlas", facts=(("M. Lind", "OWNS", "Atlas"),)),
        said("Nordwind hosts Vega.", "Nordwind", "Vega", facts=(("Nordwind", "HOSTS", "Vega"),)),
    ],
)
OTHER_LIND = document("other", [said("Martin Lind owns Vega.", "Martin Lind", "Vega")])
CORPUS = (STAFF, LOG, MINUTES, OTHER_LIND)


def write(store: GraphStore, *graphs: DocumentGraph, replaces: bool = False, resolve: bool = True) -> None:
    """Write documents whose passages all mean the same, then resolve."""
    for graph in graphs:
        vectors = {passage.id: world.unit_vector("alike") for passage in graph.passages}
        write_document(store, graph, vectors, replaces)
    if resolve:
        resolve_entities(store, ONTOLOGY)


def remove(store: GraphStore, *names: str) -> None:
    for name in names:
        remove_document(store, d(name))
    resolve_entities(store, ONTOLOGY)


def entities(store: GraphStore, *names: str, groups: list[str] | None = None) -> dict[str, str]:
    """For each name what the entity that is found by it goes by."""
    found = {name: store.run("entities_by_key", keys=[normalise_name(name)], groups=groups).rows for name in names}
    assert all(len(rows) <= 1 for rows in found.values())
    return {name: rows[0]["name"] for name, rows in found.items() if rows}


def snapshot(store: GraphStore) -> dict[str, Any]:
    """All that questions can find, what was merged and why, without the dates."""
    keys = sorted({normalise_name(name) for name in TYPES})
    records = [replace(merge, decided_at="") for merge in load_merges(store, keys).values()]
    return {
        "answers": world.ask_all(store, None),
        "merged": merged_names(store, keys),
        "records": sorted(records, key=lambda merge: (merge.key, merge.into_key)),
        "entities": [store.run("entities_by_key", keys=[key], groups=None).rows for key in keys],
        "facts": [
            store.run("facts_of_entities", entity_ids=[e(n)], limit=99, groups=None, as_of=None).rows
            for n in sorted(TYPES)
        ],
        "edges": sorted(edges(store)),
        "pending": store.run("pending_names").rows,
        "blocks": store.run("blocks_of_names", keys=keys).rows,
    }


def edges(store: Any) -> set[tuple[str, str, str]]:
    """The direct edges, counted past the catalogue: ids of both ends and of the fact."""
    cypher = "MATCH (s:Entity)-[r]->(o:Entity) RETURN s.id AS s, o.id AS o, r.fact_id AS fact"
    if store.dialect == "embedded":
        rows: list[Row] = [dict(row) for row in store._graph.execute_cypher(cypher, {})]
    else:
        rows = [record.data() for record in store._driver.execute_query(cypher).records]
    return {(row["s"], row["o"], row["fact"]) for row in rows}


def test_a_merged_name_is_one_node_with_all_that_was_said(store: GraphStore) -> None:
    write(store, STAFF, LOG)
    assert entities(store, "Maria Lind", MAIL) == {"Maria Lind": "Maria Lind", MAIL: "Maria Lind"}
    assert store.run("entity", entity_id=e(MAIL), groups=None).rows == []
    (maria,) = store.run("entity", entity_id=e("Maria Lind"), groups=None).rows
    assert (maria["name"], maria["type"], maria["aliases"]) == ("Maria Lind", "Person", [MAIL])
    facts = store.run("facts_of_entities", entity_ids=[e("Maria Lind")], limit=9, groups=None, as_of=None).rows
    # Fact ids stay as found, so that what a document states keeps its name however names are merged.
    assert {row["id"] for row in facts} == {
        f("Maria Lind", "OWNS", "Atlas"),
        f(MAIL, "OWNS", "Atlas"),
        f(MAIL, "USES", "Vega"),
    }
    assert {row["subject"] for row in facts} == {"Maria Lind"}
    assert (e("Maria Lind"), e("Vega"), f(MAIL, "USES", "Vega")) in edges(store)
    assert len(edges(store)) == 3
    assert [row["name"] for row in store.search_text("search_entities", term_text(MAIL), 5, None, None).rows][:1] == [
        "Maria Lind"
    ]
    (why,) = store.run("merges_of_entity", entity_id=e("Maria Lind"), groups=None).rows
    assert (why["name"], why["into_name"], why["score"], why["decided_by"]) == (MAIL, "Maria Lind", 1.0, "rule")
    assert why["reasons"] == ["address spells the name +1.00"]


def test_another_candidate_makes_an_initial_ambiguous(store: GraphStore) -> None:
    write(store, STAFF, MINUTES)
    assert entities(store, "M. Lind") == {"M. Lind": "Maria Lind"}
    write(store, OTHER_LIND)
    assert entities(store, "M. Lind", "Maria Lind") == {"M. Lind": "M. Lind", "Maria Lind": "Maria Lind"}
    remove(store, "other")
    assert entities(store, "M. Lind") == {"M. Lind": "Maria Lind"}


def test_a_merge_goes_with_the_evidence_that_it_rested_on(store: GraphStore) -> None:
    write(store, STAFF, MINUTES)
    assert entities(store, "M. Lind") == {"M. Lind": "Maria Lind"}
    elsewhere = document("minutes", [said("M. Lind was seen.", "M. Lind")], version=2)
    for graph in (elsewhere,):  # of another meaning, and without the fact in common
        write_document(store, graph, {p.id: -world.unit_vector("alike") for p in graph.passages}, replaces=True)
    resolve_entities(store, ONTOLOGY)
    assert entities(store, "M. Lind") == {"M. Lind": "M. Lind"}
    assert load_merges(store, ["m lind"]) == {}


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)])
@pytest.mark.parametrize("every", [1, 4])
def test_the_order_does_not_matter(store: GraphStore, fresh: Fresh, order: tuple[int, ...], every: int) -> None:
    once = fresh()
    write(once, *CORPUS)
    for start in range(0, 4, every):
        write(store, *(CORPUS[number] for number in order[start : start + every]))
    assert snapshot(store) == snapshot(once)


STEPS = st.lists(st.tuples(st.sampled_from(["write", "remove", "resolve"]), st.integers(0, 3)), max_size=10)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_came_and_went(fresh: Fresh, steps: list[tuple[str, int]]) -> None:
    """The graph is that of the documents held, resolved once, as if it had never held others."""
    store, once = fresh(), fresh()
    held: dict[int, DocumentGraph] = {}
    for what, number in steps:
        if what == "write":
            write(store, CORPUS[number], replaces=number in held, resolve=False)
            held[number] = CORPUS[number]
        elif what == "remove" and number in held:
            remove(store, held.pop(number).document.title.lower())
        elif what == "resolve":
            resolve_entities(store, ONTOLOGY)
    resolve_entities(store, ONTOLOGY)
    write(once, *held.values())
    assert snapshot(store) == snapshot(once)


def test_reingesting_keeps_merges_and_resolves_nothing_anew(store: GraphStore) -> None:
    write(store, *CORPUS)
    before, dates = snapshot(store), [merge.decided_at for merge in load_merges(store, [MAIL]).values()]
    write(store, *CORPUS, replaces=True, resolve=False)
    assert store.run("entity", entity_id=e(MAIL), groups=None).rows == []  # it went where it belongs at once
    assert resolve_entities(store, ONTOLOGY) == 0
    assert snapshot(store) == before
    assert [merge.decided_at for merge in load_merges(store, [MAIL]).values()] == dates


def test_a_split_holds_against_the_rule_and_later_documents(store: GraphStore) -> None:
    write(store, STAFF, LOG)
    assert split_name(store, ONTOLOGY, MAIL, None, "anna") == ["maria lind"]
    apart = {"Maria Lind": "Maria Lind", MAIL: MAIL}
    assert entities(store, *apart) == apart
    facts = store.run("facts_of_entities", entity_ids=[e(MAIL)], limit=9, groups=None, as_of=None).rows
    assert {row["id"] for row in facts} == {f(MAIL, "OWNS", "Atlas"), f(MAIL, "USES", "Vega")}
    write(store, STAFF, LOG, replaces=True)
    write(store, MINUTES)
    assert entities(store, *apart) == apart
    (record,) = load_merges(store, [MAIL]).values()
    assert (record.status, record.decided_by) == ("split", "anna")
    merge_names(store, ONTOLOGY, MAIL, "maria lind", "anna")  # who split may merge again
    assert entities(store, *apart) == {"Maria Lind": "Maria Lind", MAIL: "Maria Lind"}


def test_a_split_undoes_all_that_a_merge_did(store: GraphStore, fresh: Fresh) -> None:
    never = fresh()
    write(never, *CORPUS)
    write(store, *CORPUS)
    merge_names(store, ONTOLOGY, "martin lind", "m lind", "anna")
    assert entities(store, "M. Lind") == {"M. Lind": "Martin Lind"}
    split_name(store, ONTOLOGY, "martin lind", "m lind", "anna")
    kept = {key: value for key, value in snapshot(store).items() if key != "records"}
    assert kept == {key: value for key, value in snapshot(never).items() if key != "records"}


def test_a_persons_merge_holds_against_what_contradicts(store: GraphStore) -> None:
    write(store, STAFF, OTHER_LIND)
    merge_names(store, ONTOLOGY, "martin lind", "maria lind", "anna")
    assert entities(store, "Martin Lind") == {"Martin Lind": "Maria Lind"}
    write(store, STAFF, OTHER_LIND, replaces=True)
    write(store, LOG, MINUTES)
    assert entities(store, "Martin Lind", MAIL) == {"Martin Lind": "Maria Lind", MAIL: "Maria Lind"}
    (record,) = [m for m in load_merges(store, ["martin lind"]).values() if m.decided_by != "rule"]
    assert record.reasons == ("decided by anna",)


def test_what_cannot_be_merged_or_split_is_one_sentence(store: GraphStore) -> None:
    secret = document("secret", [said("Bo Holm left.", "Bo Holm")], access=("hr",))
    open_to_legal = document("open", [said("Ida Vik came.", "Ida Vik")], access=("legal",))
    write(store, STAFF, LOG, secret, open_to_legal)
    for asked, sentence in (
        (lambda: merge_names(store, ONTOLOGY, MAIL, "maria lind", "anna"), "are one entity already"),
        (lambda: split_name(store, ONTOLOGY, "atlas", None, "anna"), "nothing to split: Atlas"),
        (lambda: split_name(store, ONTOLOGY, MAIL, "atlas", "anna"), "are two entities already"),
        (lambda: merge_names(store, ONTOLOGY, "bo holm", "ida vik", "anna"), "give their documents the same access"),
    ):
        with pytest.raises(MergeRefused, match=sentence):
            asked()
    assert store.run("pending_names").rows == []


def test_a_removed_document_leaves_no_name_or_decision(store: GraphStore, fresh: Fresh) -> None:
    write(store, *CORPUS)
    merge_names(store, ONTOLOGY, "martin lind", "maria lind", "anna")
    remove(store, "log", "other")
    never = fresh()
    write(never, STAFF, MINUTES)
    assert snapshot(store) == snapshot(never)


def test_the_name_of_an_entity_goes_with_its_documents(store: GraphStore, fresh: Fresh) -> None:
    write(store, STAFF, LOG)
    remove_document(store, d("staff"))  # not yet resolved: even so, the name is gone
    shown = set(world.strings(world.ask_all(store, None)))
    assert "Maria Lind" not in shown and MAIL in shown
    resolve_entities(store, ONTOLOGY)
    only = fresh()
    write(only, LOG)
    assert snapshot(store) == snapshot(only)


def test_an_interrupted_ingest_is_resolved_by_the_next(store: GraphStore) -> None:
    write(store, STAFF, LOG, resolve=False)
    assert entities(store, MAIL) == {MAIL: MAIL}
    assert resolve_entities(store, ONTOLOGY) > 0
    assert entities(store, MAIL) == {MAIL: "Maria Lind"}
    assert resolve_entities(store, ONTOLOGY) == 0


@pytest.mark.parametrize("groups", [["everyone"], ["hr", "everyone"], ["legal", "everyone"]], ids=str)
def test_nobody_sees_a_name_that_only_hidden_documents_have(store: GraphStore, groups: list[str]) -> None:
    """The entity goes by a name that all may see who see any of its names; the others show as aliases or not at all."""
    staff = document("staff", [said("Maria Lind owns Atlas.", "Maria Lind", "Atlas")], access=("hr",))
    write(store, staff, LOG, MINUTES)
    answers = world.ask_all(store, groups) | {
        "by name": [store.run("entities_by_key", keys=sorted(map(normalise_name, TYPES)), groups=groups).rows],
        "entity": [store.run("entity", entity_id=e(name), groups=groups).rows for name in TYPES],
        "why": [store.run("merges_of_entity", entity_id=e(name), groups=groups).rows for name in TYPES],
        "search": [store.search_text("search_entities", "maria lind", 9, groups, None).rows],
        "facts": [
            store.run("facts_of_entities", entity_ids=[e(name)], limit=99, groups=groups, as_of=None).rows
            for name in TYPES
        ],
    }
    shown = {text for text in world.strings(answers) if "maria lind" in text.casefold()}
    assert bool(shown) == ("hr" in groups)


def test_why_is_told_to_who_may_see_both_names(store: GraphStore) -> None:
    log = replace(LOG, document=replace(LOG.document, access=("hr",)))
    write(store, STAFF, log)
    assert entities(store, MAIL) == {MAIL: "Maria Lind"}
    why = {
        group: store.run("merges_of_entity", entity_id=e("Maria Lind"), groups=["everyone", group]).rows
        for group in ("hr", "legal")
    }
    assert len(why["hr"]) == 1
    assert why["legal"] == []
    (maria,) = store.run("entity", entity_id=e("Maria Lind"), groups=["legal", "everyone"]).rows
    assert maria["aliases"] == []
    assert entities(store, MAIL, groups=["legal", "everyone"]) == {}


def test_a_run_after_one_document_reads_its_surroundings_only(tmp_path: Path) -> None:
    """How many names are read does not grow with the graph."""
    read: list[int] = []

    class Counting(EmbeddedStore):
        def run(self, name: str, /, **parameters: Any) -> Any:
            if name == "name_profiles":
                read.append(len(parameters["entity_ids"]))
            return super().run(name, **parameters)

    def many(number: int, size: int) -> DocumentGraph:
        # Syllables that tell apart: names that share no block.
        names = [f"{chr(97 + i % 26) * 3}{chr(97 + i // 26 % 26) * 3}{number} Works" for i in range(size)]
        return document(f"many{number}", [said(f"{name} is.", name) for name in names])

    counts = []
    for size in (20, 200):
        store = Counting(tmp_path / str(size))
        write(store, many(1, size), STAFF)
        read.clear()
        write(store, LOG)
        counts.append(sum(read))
        store.close()
    assert counts[0] == counts[1] > 0
