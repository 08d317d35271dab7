"""The sample corpus, prepared once and written to both stores."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from neo4j_server import Server
from qa_generated import DOCUMENTS

from extraction.ingest import IngestOptions, Prepared, new_run, prepare
from extraction.report import IngestReport
from extraction.sources import Source, find_sources
from kg.bolt import Neo4jStore
from kg.embedded import EmbeddedStore
from kg.ontology import Ontology, load_ontology
from kg.resolution.resolve import resolve_entities
from kg.store import GraphStore, Neo4jLogin
from kg.writer import write_document

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="session")
def ontology() -> Ontology:
    return load_ontology()


@pytest.fixture(scope="session")
def prepared_corpus() -> list[Prepared]:
    """Every document of the sample corpus, read and embedded: the slow part, which both stores share."""
    options, report = IngestOptions(), IngestReport()
    run = new_run(options)
    return [prepare(source, 1, options, run) for source in find_sources([EXAMPLES / "corpus"], report)]


def write_all(store: GraphStore, prepared: Iterable[Prepared]) -> None:
    """Write documents into an empty store and resolve their entities, as an ingest does."""
    for item in prepared:
        write_document(store, item.graph, item.vectors, replaces=False)
    resolve_entities(store, load_ontology())


@pytest.fixture(scope="session")
def embedded_sample(prepared_corpus: list[Prepared], tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphStore]:
    store = EmbeddedStore(tmp_path_factory.mktemp("sample"))
    write_all(store, prepared_corpus)
    yield store
    store.close()


@pytest.fixture(scope="module")
def neo4j_sample(prepared_corpus: list[Prepared], clean_neo4j_module: Server) -> Iterator[GraphStore]:
    server = clean_neo4j_module
    store = Neo4jStore(server.uri, Neo4jLogin(server.user, server.password, "neo4j"))
    write_all(store, prepared_corpus)
    yield store
    store.close()


@pytest.fixture(scope="session")
def generated_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """The few documents that questions are generated from, in an embedded store, by rules alone."""
    store = EmbeddedStore(tmp_path_factory.mktemp("generated") / "graph")
    options = IngestOptions(extractor="rules")
    sources = [Source(f"upload:{name}", name, data=text.encode()) for name, text in DOCUMENTS.items()]
    write_all(store, (prepare(source, 1, options, new_run(options)) for source in sources))
    yield store
    store.close()
