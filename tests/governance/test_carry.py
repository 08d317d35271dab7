"""governance.provenance.carry: the graph out of one store and into another, without loss."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from governed import NOTES, add, served
from neo4j_server import Server
from rdflib import Graph
from rdflib.compare import isomorphic

from api.service import Service
from governance.provenance.carry import (
    GraphNotEmpty,
    UnusableGraphFile,
    export_graph,
    import_graph,
    read_file,
    write_file,
)
from kg.bolt import Neo4jStore
from kg.embedded import EmbeddedStore
from kg.store import GraphStore, Neo4jLogin

DOCS = Path(__file__).resolve().parents[2] / "docs" / "provenance.md"


@pytest.fixture(scope="module")
def source(notes_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """With all that a graph may hold: retracted facts, merged and split names, access, periods."""
    folder = Path(tmp_path_factory.mktemp("source"))
    shutil.copytree(notes_folder / "graph", folder / "graph")
    with served(folder, f"sqlite:///{folder / 'o.db'}") as service:
        add(service, "bora.md", NOTES["bora.md"].replace("Sven Falk", "Nora Berg"))
        people = "M. Lind runs Cirrus. Nora Berg does not own Cirrus.\n\nCirrus is hosted by Nordwind since 2021.\n"
        add(service, "people.md", f'# People 🙂 "Größe"\n\n{people}', ["legal", "board"])
        service.merge("M. Lind", "Maria Lind")
        service.merge("Nordwind", "Nordwind AB")
        service.split("Nordwind")
        yield service


@pytest.fixture(scope="module")
def exported(source: Service) -> Graph:
    return export_graph(source.store)


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GraphStore]:
    """An empty store of the kind that the test is parametrised with."""
    store: GraphStore
    if request.param == "embedded":
        store = EmbeddedStore(tmp_path / "new")
    else:
        server: Server = request.getfixturevalue("clean_neo4j")
        store = Neo4jStore(server.uri, Neo4jLogin(server.user, server.password, "neo4j"))
    yield store
    store.close()


def test_it_holds_what_it_is_to_carry(source: Service) -> None:
    states = {row["status"] for row in source.store.run("carried_facts").rows}
    assert {"asserted", "retracted"} <= states
    assert {row["status"] for row in source.store.run("carried_merges").rows} == {"merged", "split"}
    assert source.store.run("carried_merged_names").rows


@pytest.mark.parametrize("suffix", [".ttl", ".nt", ".jsonld"])
def test_a_file_is_read_back_the_same(exported: Graph, tmp_path: Path, suffix: str) -> None:
    write_file(exported, tmp_path / f"graph{suffix}")
    assert isomorphic(read_file(tmp_path / f"graph{suffix}"), exported)


@pytest.mark.parametrize("empty", ["embedded", "neo4j"], indirect=True)
def test_out_and_in_and_out_again(source: Service, exported: Graph, empty: GraphStore) -> None:
    counts = import_graph(exported, empty)
    assert counts["documents"] == 3
    assert isomorphic(export_graph(empty), exported)
    with pytest.raises(GraphNotEmpty):
        import_graph(exported, empty)
    names = ["documents", "carried_blocks", "pending_names"]
    for name in names:
        parameters = {"limit": 9, "groups": None} if name == "documents" else {}
        assert empty.run(name, **parameters).rows == source.store.run(name, **parameters).rows, name
    ids = [row["id"] for row in source.store.run("carried_entities").rows]
    for groups in (None, ["everyone"], ["legal"]):
        for identity in ids:
            one, other = (
                store.run("entity", entity_id=identity, groups=groups).rows for store in (source.store, empty)
            )
            assert one == other
        one, other = (
            {row["id"] for row in store.search_text("search_entities", "lind nordwind", 9, groups, None).rows}
            for store in (source.store, empty)
        )
        assert one == other


@pytest.mark.parametrize("empty", ["embedded"], indirect=True)
def test_what_was_carried_answers_the_same(source: Service, exported: Graph, empty: GraphStore) -> None:
    import_graph(exported, empty)
    other = Service(source.settings, empty)
    for question in ("Who owns Atlas?", "How long are backups of Atlas kept?", "Who runs Cirrus?"):
        one, two = (service.ask(question, keep=False) for service in (source, other))
        assert (one.status, one.answer, one.citations, one.facts) == (two.status, two.answer, two.citations, two.facts)


@pytest.mark.parametrize("empty", ["embedded"], indirect=True)
def test_what_cannot_be_read(exported: Graph, empty: GraphStore, tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("<a> <b> .")
    with pytest.raises(UnusableGraphFile, match="not valid RDF"):
        read_file(broken)
    with pytest.raises(UnusableGraphFile, match="end its name in"):
        read_file(tmp_path / "graph.xml")
    with pytest.raises(UnusableGraphFile, match="holds no exported graph"):
        import_graph(Graph(), empty)
    lacking = Graph()
    for triple in exported:
        if not str(triple[1]).endswith("#exact"):
            lacking.add(triple)
    with pytest.raises(UnusableGraphFile, match="no whole export"):
        import_graph(lacking, empty)
    assert not any(empty.run("graph_size", groups=None).rows[0].values())


def test_the_documented_query_finds_something(exported: Graph) -> None:
    query = DOCS.read_text(encoding="utf-8").partition("```sparql\n")[2].partition("```")[0]
    rows = [tuple(map(str, row)) for row in exported.query(query)]  # type: ignore[union-attr]
    assert ("Maria Lind", "Atlas", "Maria Lind owns Atlas.") in {row[:3] for row in rows}
