"""The sample corpus, prepared once and written to both stores."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from neo4j_server import Server

from extraction.ingest import IngestOptions, IngestReport, Prepared, find_sources, new_run, prepare
from kg.bolt import Neo4jStore
from kg.embedded import EmbeddedStore
from kg.ontology import Ontology, load_ontology
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


@pytest.fixture(scope="session")
def embedded_sample(prepared_corpus: list[Prepared], tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphStore]:
    store = EmbeddedStore(tmp_path_factory.mktemp("sample"))
    for item in prepared_corpus:
        write_document(store, item.graph, item.vectors, replaces=False)
    yield store
    store.close()


@pytest.fixture(scope="module")
def neo4j_sample(prepared_corpus: list[Prepared], clean_neo4j_module: Server) -> Iterator[GraphStore]:
    server = clean_neo4j_module
    store = Neo4jStore(server.uri, Neo4jLogin(server.user, server.password, "neo4j"))
    for item in prepared_corpus:
        write_document(store, item.graph, item.vectors, replaces=False)
    yield store
    store.close()
