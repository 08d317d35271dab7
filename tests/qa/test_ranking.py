"""Passages are ranked over chains of shared names, deterministically, and only over what the caller may see."""

from collections.abc import Iterator

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from neo4j_server import Server
from scipy.sparse import csr_array

from extraction.ingest import IngestOptions, ingest
from extraction.report import IngestReport
from extraction.sources import Source
from kg.bolt import Neo4jStore
from kg.embedded import EmbeddedStore
from kg.names import bare_title
from kg.ontology import Ontology
from kg.store import GraphStore, Neo4jLogin, Row
from qa.link import link
from qa.question import understand
from qa.ranking.features import LINK, PASSAGE, Described
from qa.ranking.pagerank import _DAMPING, pagerank, restarts
from qa.ranking.pool import Pool, gather
from qa.ranking.rank import rank_passages
from qa.ranking.walk import Weights, alone, shipped_weights, walk
from qa.recorder import Recorder

# Two hops: the film names its director, whose page alone tells where he was born.
DOCUMENTS = {
    "film": "# Silver Harbour\n\nSilver Harbour is a 1951 drama film directed by Aldo Ferrante and starring Vera Lund.",
    "director": "# Aldo Ferrante\n\nAldo Ferrante was an Italian director. He was born in Trieste and died in Rome.",
    "actor": "# Vera Lund\n\nVera Lund was a Swedish actress, born in Uppsala, who worked in the theatre.",
    "other": "# Golden Bay\n\nGolden Bay is a 1960 comedy film directed by Paul Meyer, born where nobody knows.",
    "noise": "# Film directors\n\nA director was born to direct. Where a director of a film was born matters little.",
}
QUESTION = "Where was the director of Silver Harbour born?"


def fill(store: GraphStore) -> None:
    for name, text in DOCUMENTS.items():
        access = ("secret",) if name == "film" else ("everyone",)
        source = Source(f"corpus:{name}.md", f"{name}.md", data=text.encode())
        ingest(store, [source], IngestOptions(access=access), IngestReport(), lambda done, total, name: None)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphStore]:
    store = EmbeddedStore(tmp_path_factory.mktemp("films"))
    fill(store)
    yield store
    store.close()


@pytest.fixture(scope="module")
def films_neo4j(clean_neo4j_module: Server) -> Iterator[GraphStore]:
    server = clean_neo4j_module
    store = Neo4jStore(server.uri, Neo4jLogin(server.user, server.password, "neo4j"))
    fill(store)
    yield store
    store.close()


def ranked(store: GraphStore, ontology: Ontology, text: str = QUESTION, groups: list[str] | None = None) -> list[Row]:
    recorder, question = Recorder(store, groups), understand(text, ontology)
    return rank_passages(question, link(question, recorder, ontology), recorder, 10)


def names(rows: list[Row]) -> list[str]:
    return [row["uri"].removeprefix("corpus:").removesuffix(".md") for row in rows]


def test_the_second_hop_is_found_over_the_name_that_the_first_one_tells(films: GraphStore, ontology: Ontology) -> None:
    assert set(names(ranked(films, ontology))[:2]) == {"film", "director"}


def test_a_hidden_document_neither_shows_nor_leads_anywhere(films: GraphStore, ontology: Ontology) -> None:
    public = ranked(films, ontology, groups=["everyone"])
    assert "film" not in names(public)
    scores = {row["id"]: row["score"] for row in public}
    assert all("Silver Harbour" not in row["text"] for row in public) and len(scores) == len(public)
    assert ranked(films, ontology, groups=["nobody"]) == []


def test_the_same_question_gives_the_same_rows(films: GraphStore, ontology: Ontology) -> None:
    assert ranked(films, ontology) == ranked(films, ontology)


def test_both_stores_rank_alike(films: GraphStore, films_neo4j: GraphStore, ontology: Ontology) -> None:
    """Their full-text scores differ a little (see docs/stores.md), so the best are compared, not every score."""
    here, there = ranked(films, ontology), ranked(films_neo4j, ontology)
    assert names(here)[:2] == names(there)[:2]
    assert set(names(here)) == set(names(there))


def test_an_unknown_name_finds_by_words(films: GraphStore, ontology: Ontology) -> None:
    assert names(ranked(films, ontology, "Who worked in the theatre?"))[0] == "actor"


def test_a_title_is_known_without_its_brackets() -> None:
    assert bare_title("Mistress (1992 film)") == "Mistress"
    assert bare_title("(untitled)") == "(untitled)"


def test_a_passage_titled_as_the_question_says_is_marked(films: GraphStore, ontology: Ontology) -> None:
    recorder, question = Recorder(films, None), understand(QUESTION, ontology)
    pool = gather(question, link(question, recorder, ontology), recorder)
    described = Described(pool)
    titled = described.passages[:, PASSAGE.index("titled")]
    of_title = {pool.candidates[identity].title: value for identity, value in zip(described.ids, titled, strict=True)}
    assert of_title["Silver Harbour"] == 1.0
    assert not any(value for title, value in of_title.items() if title != "Silver Harbour")


def test_what_a_title_names_is_known(films: GraphStore, films_neo4j: GraphStore, ontology: Ontology) -> None:
    """Its brackets do not count: the documents are titled by their headings."""
    question = understand(QUESTION, ontology)
    for store in (films, films_neo4j):
        pool = gather(question, link(question, Recorder(store, None), ontology), Recorder(store, None))
        titled = {item.title: item.titled for item in pool.candidates.values()}
        names = {
            row["id"]: row["name"] for row in store.run("entities_by_key", **_keys("aldo ferrante", "vera lund")).rows
        }
        assert {names.get(identity) for identity in titled["Aldo Ferrante"]} == {"Aldo Ferrante"}
        assert {names.get(identity) for identity in titled["Vera Lund"]} == {"Vera Lund"}
        assert titled["Film directors"] == frozenset()


def _keys(*keys: str) -> dict[str, object]:
    return {"keys": list(keys), "groups": None}


def test_a_common_name_is_worth_less_than_a_rare_one() -> None:
    pool = Pool(understand("Who?", _no_ontology()), [])
    pool.learn("rare", ["p1"], common=False)
    pool.learn("some", [f"p{n}" for n in range(20)], common=False)
    pool.learn("common", [], common=True)
    assert 1.0 == pool.rarity("rare") > pool.rarity("some") > 0.5 > pool.rarity("common")
    assert pool.is_common("common") and not pool.is_common("some")


def _no_ontology() -> Ontology:
    from kg.ontology import load_ontology

    return load_ontology()


numbers = st.floats(-3, 3)


@given(st.integers(2, 6), st.integers(1, 3), st.integers(1, 3), st.randoms(use_true_random=False))
def test_the_walk_is_what_its_formula_says(passages: int, sources: int, hops: int, random: object) -> None:
    """Against sums of exponentials written out, one passage and one source at a time."""
    draw = np.random.default_rng(random.randrange(2**32))
    sources = min(sources, passages)
    features = draw.normal(size=(passages, len(PASSAGE)))
    links = draw.normal(size=(sources, passages, len(LINK)))
    weights = Weights(
        *(draw.normal(size=n) * 0.3 for n in (len(PASSAGE), len(LINK), len(PASSAGE))), 0.9, -0.4, 1.1, "t"
    )
    places = list(range(sources))
    own = [float(features[p] @ weights.passage) for p in range(passages)]
    expected = own
    for _ in range(hops):
        start = [np.exp(weights.start * expected[p]) for p in places]
        start = [share / sum(start) for share in start]
        expected = [
            float(
                np.log(
                    np.exp(weights.keep * own[p])
                    + np.exp(weights.bridge)
                    * sum(
                        start[s] * np.exp(links[s, p] @ weights.link + features[p] @ weights.target)
                        for s in places
                        if s != p
                    )
                )
            )
            for p in range(passages)
        ]
    assert np.allclose(walk(features, links, places, hops, weights), expected)
    assert np.allclose(alone(features, weights), own)


@given(
    st.dictionaries(st.integers(0, 7), st.sets(st.integers(0, 5), min_size=1), min_size=2),
    st.dictionaries(st.integers(0, 5), st.floats(0.3, 1.0)),
    st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=2, unique=True), max_size=2),
)
def test_pagerank_is_that_of_networkx(
    mentions: dict[int, set[int]], rarity: dict[int, float], asked: list[list[int]]
) -> None:
    graph = networkx.Graph()
    joined = np.zeros((len(mentions), 6))
    for place, entities in enumerate(mentions.values()):
        for entity in entities:
            joined[place, entity] = rarity.get(entity, 1.0)
            graph.add_edge(f"p{place}", f"e{entity}", weight=joined[place, entity])
    near = 0.1 * np.arange(len(mentions))
    met = [[entity for entity in name if joined[:, entity].any()] for name in asked]
    restart = restarts(near, 6, [name for name in met if name])
    assert np.isclose(restart.sum(), 1)
    nodes = [*(f"p{place}" for place in range(len(mentions))), *(f"e{entity}" for entity in range(6))]
    shares = {node: share for node, share in zip(nodes, restart.tolist(), strict=True) if node in graph}
    wanted = networkx.pagerank(graph, _DAMPING, shares, tol=1e-12, max_iter=500, weight="weight")
    passages = [wanted[f"p{place}"] for place in range(len(mentions))]
    ranked = pagerank(csr_array(joined), near, [name for name in met if name])
    assert np.allclose(ranked, np.array(passages) / max(passages), atol=1e-3)


def test_the_shipped_weights_name_every_feature() -> None:
    weights = shipped_weights()
    assert (len(weights.passage), len(weights.link), len(weights.target)) == (len(PASSAGE), len(LINK), len(PASSAGE))
    assert weights.version
