"""A person is taken out of both stores alike, and nobody else with them."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import kg_world as world
import pytest
from kg_stores import connect
from kg_world import WORLD, Said, document, e, f, unit_vector

from kg.embedded import EmbeddedStore
from kg.merges import load_merges, record_merge
from kg.ontology import load_ontology
from kg.resolution.resolve import resolve_entities
from kg.rewriting.erase import SOMEBODY, Erased, erase
from kg.rewriting.held import Span
from kg.store import GraphStore, Row, Step, Vector, visibility

MEMO = document(
    "memo",
    ["everyone"],
    [
        Said(
            "Duties of Anna Holm",
            "The Data Office must tell Anna Holm of each export. Vega keeps 72 hours.",
            ("Data Office", "tell Anna Holm of each export", "Vega", "72 hours"),
            (("Data Office", "MUST", "tell Anna Holm of each export"), ("Vega", "RETAINED_FOR", "72 hours")),
        ),
    ],
)


ALL = {"groups": None, "as_of": None}
QUERIES = ("facts_of_document", "mentions_of_document", "passages_of_document", "document", "document_text")


class Anna:
    """Takes "Anna Holm" out of texts."""

    def texts(self, texts: Sequence[str], spans: Sequence[Span] = (), named: bool = False) -> list[str]:
        return [re.sub("anna holm", lambda match: "█" * len(match[0]), text, flags=re.IGNORECASE) for text in texts]

    def uri(self, uri: str) -> str:
        return uri.replace("salaries", "erased-1")

    def holds(self, text: str) -> bool:
        return "anna holm" in text.casefold()

    def within(self, mention: str) -> list[Span]:
        return []


@pytest.fixture
def stores(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[list[GraphStore]]:
    opened: list[GraphStore] = [EmbeddedStore(tmp_path / "graph"), connect(request.getfixturevalue("clean_neo4j"))]
    for store in opened:
        world.write(store, *WORLD, MEMO)
        resolve_entities(store, load_ontology())
    yield opened
    for store in opened:
        store.close()


def embed(texts: Sequence[str]) -> list[Vector]:
    return [unit_vector(text) for text in texts]


def take_out(store: GraphStore) -> Erased:
    texts = {graph.document.id for graph in (*WORLD, MEMO) if "Anna Holm" in graph.text}
    done = erase(store, Anna(), [e_key("Anna Holm")], ["anna"], texts, embed)
    resolve_entities(store, load_ontology())
    store.compact()
    return done


def rows(store: GraphStore, name: str) -> list[list[Row]]:
    """What a query of one document says of each."""
    ids = [row["id"] for row in store.run("documents", limit=100, groups=None).rows]
    seen = visibility(name, store.dialect, None, None)
    return [store.run(name, document_id=identity, **seen).rows for identity in ids]


def e_key(name: str) -> str:
    return name.casefold()


def test_both_stores_hold_the_same_without_the_person(stores: list[GraphStore]) -> None:
    done = [take_out(store) for store in stores]
    assert done[0] == done[1]
    embedded, neo4j = stores
    one, other = ({name: rows(store, name) for name in QUERIES} for store in (embedded, neo4j))
    assert one == other
    for answers in (one, other):
        assert not [text for text in world.strings(answers) if "anna" in text.casefold()]


def test_facts_of_others_stay_as_they_were(stores: list[GraphStore]) -> None:
    for store in stores:
        before = {row["id"]: row for row in store.run("facts_of_document", document_id=MEMO.document.id, **ALL).rows}
        take_out(store)
        rows = {row["id"]: row for row in store.run("facts_of_document", document_id=MEMO.document.id, **ALL).rows}
        kept = f("Vega", "RETAINED_FOR", "72 hours")
        assert rows[kept] == before[kept]
        (other,) = [row for identity, row in rows.items() if identity != kept]
        assert (other["subject"], other["predicate"]) == ("Data Office", "MUST")
        assert other["object"] == "tell █████████ of each export"


def test_who_decided_is_not_said_any_more_where_it_was_the_person(stores: list[GraphStore]) -> None:
    for store in stores:
        record_merge(store, "atlas", "vega", "Anna Holm", ())
        review = {"review": "approved", "by": "Anna Holm", "at": "2026-01-02", "corrected_to": None}
        store.write([Step("decide_facts", {"rows": [{"id": f("Vega", "RETAINED_FOR", "72 hours"), **review}]})], {})
        take_out(store)
        assert {row["name"] for row in store.run("signatures").rows} == {SOMEBODY}
        (merge,) = load_merges(store, ["atlas"]).values()
        assert merge.reasons == (f"decided by {SOMEBODY}",)


def test_facts_that_only_the_person_was_in_are_gone(stores: list[GraphStore]) -> None:
    for store in stores:
        take_out(store)
        ids = [f("Anna Holm", "OWNS", "Atlas"), f("Anna Holm", "REPORTS_TO", "Bo Lund")]
        assert store.run("fact_states", fact_ids=ids).rows == []
        assert store.run("entity", entity_id=e("Anna Holm"), groups=None).rows == []
