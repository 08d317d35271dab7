"""kg.terms: what full text indexes, and that both stores find it again."""

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import kg_world as world
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kg_stores import connect, wipe
from neo4j_server import Server

from kg.embedded import EmbeddedStore
from kg.store import GraphStore
from kg.terms import STOP_WORDS, stem, term_text, terms

HARD = [
    "OR AND NOT or and not TO",
    "* ? ~ ^ + - ! ( ) { } [ ] \" ' \\ / : && ||",
    'terms:secret AND "quoted" -minus +plus wild* fuzz~2 ra[nge TO zz] boo^5',
    "long " + "x" * 40_000,
    "longer " + "漢" * 20_000,
    "漢字 かな カタカナ 한국어 ไทย",
    "🙂 👩‍👩‍👧 ❤️ a🙂b",
    "Cafe\u0301 café CAFÉ cafe",
    "हिन्दी العربية עברית",
    "snake_case __init__ _ __ ___",
    "ﬁle ﬂow Ⅷ ² ½ ① ℡",
    "Straße STRASSE İstanbul ıı ŉ Ꭰꭰ",
    "10.5% INC-2026-003 a/b v1.2.3 3/4 -5 1e9",
    "tab\tnew\nline\u00a0space\u2028line\u200bzero\u00adsoft\ufeffmark",
    "\x00\x01\x7f\ufffd\ud7ff",
]


def test_stems_without_stop_words() -> None:
    found = terms("The controllers shall NOT notify the Authority's breaches")
    assert found == ["control", "shall", "notifi", "author", "breach"]
    assert terms("Who is it?") == []


@pytest.mark.parametrize("text", ["INC-2026-003", "inc-2026-003"])
def test_an_identifier_is_found_by_its_parts_and_as_a_whole(text: str) -> None:
    assert {"inc", "2026", "003", "inc2026003"} <= set(terms(text))


def test_the_same_word_however_it_is_encoded() -> None:
    assert terms("Cafe\u0301") == terms("café") == terms("CAFÉ")
    assert terms("ﬁles") == terms("files")
    assert terms("ＡＴＬＡＳ") == terms("atlas")


def test_an_underscore_joins_no_word() -> None:
    assert terms("source_ip") == [stem("source"), "ip"]
    assert terms("_ __") == []


@given(st.text() | st.sampled_from(HARD))
def test_terms_are_words_in_lower_case(text: str) -> None:
    for term in terms(text):
        assert term
        assert term == term.lower()
        assert term.isalnum()  # so none is an operator of Lucene's query language
        assert term not in {"and", "or", "not", "to"}
        assert len(term) <= 100


@given(st.lists(st.text(), max_size=3))
def test_term_text_is_the_terms_of_all(texts: list[str]) -> None:
    assert term_text(*texts).split() == [term for text in texts for term in terms(text)]


@given(st.text())
def test_composed_or_not_is_the_same(text: str) -> None:
    assert terms(unicodedata.normalize("NFD", text)) == terms(unicodedata.normalize("NFC", text))


def test_stop_words_stand_in_lower_case() -> None:
    assert {word.lower() for word in STOP_WORDS} == STOP_WORDS


@pytest.fixture(scope="module", params=["embedded", "neo4j"])
def searched(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphStore]:
    """An empty store of each kind that all examples of this module share."""
    opened: GraphStore
    if request.param == "embedded":
        opened = EmbeddedStore(tmp_path_factory.mktemp("terms"))
    else:
        server: Server = request.getfixturevalue("neo4j_server")
        wipe(server)
        opened = connect(server)
    yield opened
    opened.close()


numbers = count()


def assert_found_by_each_term(store: GraphStore, text: str) -> None:
    """Index a passage with this text, in a document only this group sees, and search it by every term."""
    group = f"group{next(numbers)}"
    graph = world.document(group, [group], [world.Said("", "passage")])
    (passage,) = graph.passages
    world.write(store, replace(graph, passages=(replace(passage, text=text, terms=term_text(text)),)))
    for term in dict.fromkeys(terms(text)):
        found = store.search_text("search_passages", term, 5, [group], None).rows
        assert [row["id"] for row in found] == [passage.id], term
    whole = store.search_text("search_passages", term_text(text), 5, [group], None).rows
    assert [row["id"] for row in whole] == ([passage.id] if terms(text) else [])


@pytest.mark.parametrize("text", HARD, ids=range(len(HARD)))
def test_hard_text_is_found_by_each_of_its_terms(searched: GraphStore, text: str) -> None:
    assert_found_by_each_term(searched, text)


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(words, max_size=5).map(" ".join))
def test_any_text_is_found_by_each_of_its_terms(searched: GraphStore, text: str) -> None:
    assert_found_by_each_term(searched, text)
