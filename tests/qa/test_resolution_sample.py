"""The sample corpus' mentions as entities, against those that were grouped by hand."""

from collections.abc import Hashable
from pathlib import Path

import pytest

from benchmarks.resolution import aligned, groupings, read_clusters
from extraction.ingest import Prepared
from kg.bcubed import bcubed
from kg.embedded import EmbeddedStore
from kg.merges import load_merges
from kg.ontology import load_ontology
from kg.resolution.profile import merged_names
from kg.resolution.resolve import resolve_entities
from kg.store import GraphStore
from kg.writer import write_document

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CLUSTERS = read_clusters(EXAMPLES / "clusters.json")


@pytest.fixture(params=["embedded", "neo4j"])
def sample(request: pytest.FixtureRequest) -> GraphStore:
    store: GraphStore = request.getfixturevalue(f"{request.param}_sample")
    return store


def names(prepared: list[Prepared]) -> list[str]:
    return sorted({entity.key for item in prepared for entity in item.graph.entities})


def test_the_grouped_mentions_are_the_documents_own(prepared_corpus: list[Prepared]) -> None:
    texts = {item.graph.document.uri.rpartition("/")[2]: item.graph.text for item in prepared_corpus}
    for mention in CLUSTERS:
        start, end = mention.span
        assert texts[mention.document][start:end] == mention.text


def test_mentions_are_grouped_as_people_group_them(sample: GraphStore, prepared_corpus: list[Prepared]) -> None:
    pairs = aligned(CLUSTERS, prepared_corpus)
    assert len(pairs) >= 0.9 * len(CLUSTERS)
    wanted = [pair.grouped.entity for pair in pairs]
    scores = {subject: bcubed(groups, wanted) for subject, groups in groupings(pairs, sample).items()}
    with_it, without = scores["with the resolver"], scores["without the resolver"]
    assert with_it.f1 >= 0.9, scores
    # A wrong merge mixes the evidence of two: what is gained may not be paid for with that.
    assert with_it.precision >= max(0.95, without.precision - 0.01), scores
    assert with_it.recall > without.recall + 0.05, scores
    worse: list[Hashable] = [pair.grouped.entity for pair in pairs[1:] + pairs[:1]]
    assert bcubed([pair.key for pair in pairs], worse).f1 < 0.9, "mentions grouped at random must not pass"


def test_the_order_of_documents_does_not_matter(
    sample: GraphStore, prepared_corpus: list[Prepared], tmp_path: Path
) -> None:
    """One by one, the last first, with a run after each third document, gives what one run over all gives."""
    store = EmbeddedStore(tmp_path)
    for number, item in enumerate(reversed(prepared_corpus)):
        write_document(store, item.graph, item.vectors, replaces=False)
        if number % 3 == 0:
            resolve_entities(store, load_ontology())
    resolve_entities(store, load_ontology())
    keys = names(prepared_corpus)
    merged = merged_names(store, keys)
    assert len(merged) >= 20
    assert merged == merged_names(sample, keys)
    one, other = ({m.pair: (m.score, m.reasons) for m in load_merges(s, keys).values()} for s in (store, sample))
    assert one == other
    store.close()
