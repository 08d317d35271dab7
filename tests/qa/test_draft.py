"""Text to Cypher: what a model writes is checked against the graph and planned on both stores, and never runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openai_stand_in import StandIn, stand_in
from qa_models import large_at

from extraction.ingest import IngestOptions, new_run, prepare
from extraction.report import IngestReport
from extraction.sources import find_sources
from kg.bolt import Neo4jStore
from kg.embedded import EmbeddedStore
from kg.ontology import Ontology
from kg.reading.schema import names_in
from kg.store import GraphStore, Neo4jLogin
from kg.writer import write_document
from qa.draft import Draft, NoDraft, draft_cypher

INVENTORY = Path(__file__).resolve().parents[2] / "examples" / "corpus" / "system-inventory.csv"
QUESTION = "Which systems are there?"


@pytest.fixture
def model() -> Iterator[StandIn]:
    with stand_in() as server:
        yield server


@pytest.fixture(scope="module", params=["embedded", "neo4j"])
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphStore]:
    """One document of the sample corpus in one store after the other."""
    store: GraphStore
    if request.param == "embedded":
        store = EmbeddedStore(tmp_path_factory.mktemp("draft"))
    else:
        server = request.getfixturevalue("clean_neo4j_module")
        store = Neo4jStore(server.uri, Neo4jLogin(server.user, server.password, "neo4j"))
    options, report = IngestOptions(extractor="rules"), IngestReport()
    (source,) = find_sources([INVENTORY], report)
    prepared = prepare(source, 1, options, new_run(options))
    write_document(store, prepared.graph, prepared.vectors, replaces=False)
    yield store
    store.close()


def drafted(cypher: str, store: GraphStore, ontology: Ontology, model: StandIn) -> Draft:
    model.reply = f"It lists systems\nby name.\n\n```cypher\n{cypher}\n```\n"
    return draft_cypher(QUESTION, store, ontology, [large_at(model.url)])


def test_a_draft_is_shown_with_its_meaning(sample: GraphStore, ontology: Ontology, model: StandIn) -> None:
    cypher = "MATCH (n:Entity {type: 'System'})-[:RELATES]-(m) RETURN n.name AS name ORDER BY name LIMIT 100"
    draft = drafted(cypher, sample, ontology, model)
    assert (draft.cypher, draft.explanation, draft.refused) == (cypher, "It lists systems by name.", None)
    # Only the embedded store has this type.
    assert draft.unknown["relationship_types"] == ([] if sample.dialect == "embedded" else ["RELATES"])
    assert draft.unknown["labels"] == draft.unknown["properties"] == []
    assert draft.prompt.startswith("cypher@")


def test_the_model_sees_the_schema_and_no_document(sample: GraphStore, ontology: Ontology, model: StandIn) -> None:
    drafted("MATCH (n:Entity) RETURN n.name AS name", sample, ontology, model)
    rules, asked = (message["content"] for message in model.requests[0]["messages"])  # type: ignore[attr-defined]
    assert "Only read" in rules
    assert QUESTION in asked
    assert f"Store: {sample.dialect}" in asked
    assert "EVIDENCED_BY" in asked
    assert "OWNS" in asked
    assert "Lantern" not in asked


def test_names_that_the_graph_does_not_know_are_told(sample: GraphStore, ontology: Ontology, model: StandIn) -> None:
    cypher = "MATCH (n:Systm {nmae: 'x'})-[r:OWNZ]->(m) WHERE m.colour = 1 RETURN n.name AS name"
    assert drafted(cypher, sample, ontology, model).unknown == {
        "labels": ["Systm"],
        "relationship_types": ["OWNZ"],
        "properties": ["colour", "nmae"],
    }


@pytest.mark.parametrize(
    ("cypher", "said"),
    [
        ("MATCH (n) DETACH DELETE n", "DETACH changes the graph"),
        ("CREATE (n:Entity)", "begins with MATCH"),
        ("MATCH (n:Entity RETURN n", "line 1, column"),
    ],
)
def test_what_may_not_or_cannot_run_says_why(
    sample: GraphStore, ontology: Ontology, model: StandIn, cypher: str, said: str
) -> None:
    before = sample.run("graph_size", groups=None).rows
    refused = drafted(cypher, sample, ontology, model).refused
    assert refused
    assert said in refused
    assert sample.run("graph_size", groups=None).rows == before


@pytest.mark.parametrize("reply", ["", "I cannot.", "```cypher\n\n```"])
def test_no_statement(sample: GraphStore, ontology: Ontology, model: StandIn, reply: str) -> None:
    model.reply = reply
    with pytest.raises(NoDraft, match="no statement"):
        draft_cypher(QUESTION, sample, ontology, [large_at(model.url)])


def test_a_model_that_fails(
    sample: GraphStore, ontology: Ontology, model: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_KEY", "secret-key")
    model.status = 500
    with pytest.raises(NoDraft, match="stand-in: failed: HTTP 500") as failed:
        draft_cypher(QUESTION, sample, ontology, [large_at(model.url, key="STAND_IN_KEY")])
    assert "secret-key" not in str(failed.value)


def test_the_names_in_a_statement() -> None:
    names = names_in(
        "MATCH (a:A&!B|C {p: $x, q: size({not_this: 1})})-[r:R|S*1..2 {t: 1}]->(:`D e`) WHERE a:E AND a.u IS :: STRING "
        "AND x IN [y IN a.v WHERE y > 1 | y] RETURN date.truncate('day', a.w) AS d, a {.z}, {nor: a.k.l} AS m"
    )
    assert names.labels == {"A", "B", "C", "D e", "E"}
    assert names.relationship_types == {"R", "S"}
    assert names.properties == {"p", "q", "t", "u", "v", "w", "z", "k", "l"}
