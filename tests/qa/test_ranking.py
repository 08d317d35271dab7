"""Passages are ranked over chains of shared names, deterministically, and only over what the caller may see."""

from collections.abc import Iterator

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from neo4j_server import Server

from extraction.ingest import IngestOptions, ingest
from extraction.report import IngestReport
from extraction.sources import Source
from kg.bolt import Neo4jStore
from kg.embedded import EmbeddedStore
from kg.ontology import Ontology
from kg.store import GraphStore, Neo4jLogin, Row
from qa.link import link
from qa.question import understand
from qa.ranking.features import LINK, PASSAGE, Described
from qa.ranking.pagerank import _DAMPING, _restart, pagerank
from qa.ranking.pool import Candidate, Pool, bare_title, gather
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


@given(st.dictionaries(st.integers(0, 7), st.sets(st.integers(0, 5), min_size=1), min_size=2), st.integers(0, 5))
def test_pagerank_is_that_of_networkx(mentions: dict[int, set[int]], asked: int) -> None:
    ontology = _no_ontology()
    pool = Pool(understand("Who is it?", ontology), [frozenset([f"e{asked}"])])
    for passage, entities in mentions.items():
        pool.candidates[f"p{passage}"] = Candidate(f"p{passage}", "", frozenset(), near=0.1 * passage)
        pool.candidates[f"p{passage}"].names = {f"e{entity}": [0] for entity in sorted(entities)}
    ids = sorted(pool.candidates)
    graph = networkx.Graph((p, e) for p in ids for e in pool.candidates[p].names)
    entities = sorted(set(graph) - set(ids))
    place = {name: len(ids) + at for at, name in enumerate(entities)}
    restart = _restart(pool, ids, place, len(graph))
    wanted = networkx.pagerank(
        graph, _DAMPING, dict(zip([*ids, *entities], restart.tolist(), strict=True)), tol=1e-12, max_iter=500
    )
    highest = max(wanted[p] for p in ids)
    assert np.allclose(pagerank(pool, ids), [wanted[p] / highest for p in ids], atol=1e-3)


def test_the_shipped_weights_name_every_feature() -> None:
    weights = shipped_weights()
    assert (len(weights.passage), len(weights.link), len(weights.target)) == (len(PASSAGE), len(LINK), len(PASSAGE))
    assert weights.version
