"""kg.catalogue: what a query file says of itself is true."""

import re
from itertools import chain

import kg_world as world
import pytest
from write_queries_page import PAGE, page

from kg.catalogue import CYPHER, DIALECTS, Query, UnknownQuery, catalogue, get_query, read_parameters

QUERIES = [(dialect, query) for dialect in DIALECTS for query in catalogue(dialect).values()]
ASKABLE = [(dialect, query) for dialect, query in QUERIES if query.folder in {"retrieve", "analyst"}]

NESTED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|\bCASE\b(?:(?!\bCASE\b|\bEND\b).)*\bEND\b", re.DOTALL)
TYPES = {
    *("boolean", "date", "float", "integer", "name of an entity", "string"),
    *("list of float", "list of map", "list of string"),
}


def named(item: object) -> str | None:
    return item.name if isinstance(item, Query) else None


def test_every_file_is_in_the_catalogue_once() -> None:
    names = {path.stem.split(".")[0] for path in CYPHER.glob("*/*.cypher")}
    assert names == set(chain.from_iterable(catalogue(dialect) for dialect in DIALECTS))
    # A name in two folders would hide one of the two.
    for dialect in DIALECTS:
        files = [path for path in CYPHER.glob("*/*.cypher") if dialect in (path.stem.split(".")[1:] or DIALECTS)]
        assert len(files) == len(catalogue(dialect))


@pytest.mark.parametrize(("dialect", "query"), QUERIES, ids=named)
def test_the_header_names_the_parameters_of_the_text(dialect: str, query: Query) -> None:
    assert set(query.parameters) == set(re.findall(r"\$(\w+)", query.cypher))
    assert all(query.parameters.values()), "each parameter has a type in words"
    assert query.purpose.endswith((".", ")"))


@pytest.mark.parametrize(("dialect", "query"), ASKABLE, ids=named)
def test_what_people_ask_says_all_of_itself_and_asks_who_asks(dialect: str, query: Query) -> None:
    assert query.example[0].isalpha()
    assert query.columns
    assert "groups" in query.parameters, "who may see it is decided inside the query"
    assert query.folder == "retrieve" or "as_of" in query.parameters, "and on which day"
    assert {kind.removesuffix(" or null") for kind in query.parameters.values()} <= TYPES
    assert set(query.defaults) <= set(query.parameters)


@pytest.mark.parametrize(("dialect", "query"), ASKABLE, ids=named)
def test_the_header_names_the_columns_of_the_text(dialect: str, query: Query) -> None:
    """Those after the last RETURN; that the stores return just these the contract tests see."""
    flat = re.split(r"\b(?:ORDER BY|LIMIT)\b", query.cypher.rpartition("RETURN ")[2])[0].removeprefix("DISTINCT ")
    while NESTED.search(flat):
        flat = NESTED.sub("", flat)
    assert tuple(re.split(r"[\s.]+", item.strip())[-1] for item in flat.split(",")) == query.columns


@pytest.mark.parametrize(("dialect", "query"), ASKABLE, ids=named)
def test_rows_come_in_a_stated_order(dialect: str, query: Query) -> None:
    """Without an order the same question could give another answer tomorrow; one row at most needs none."""
    assert "ORDER BY" in query.cypher or query.name in {
        "count_entities_of_type",
        "document",
        "document_text",
        "entity",
        "graph_size",
    }


@pytest.mark.parametrize("dialect", DIALECTS)
def test_only_queries_without_columns_write(dialect: str) -> None:
    writes = {
        name
        for name, query in catalogue(dialect).items()
        if re.search(r"\b(CREATE|MERGE|SET|DELETE|REMOVE)\b", query.cypher)
    }
    assert writes.isdisjoint(world.readable(dialect))
    assert all(catalogue(dialect)[name].folder in {"ingest", "schema"} for name in writes)


def test_both_stores_answer_the_same_questions_with_the_same_columns() -> None:
    embedded, neo4j = world.readable("embedded"), world.readable("neo4j")
    for name in ("changes", "nearness", "passage_vectors"):  # which the embedded store knows without a query
        del neo4j[name]
    assert {name: query.columns for name, query in embedded.items()} == {
        name: query.columns for name, query in neo4j.items()
    }


def test_parameters_are_read_with_types_and_defaults() -> None:
    text = "name: string, since: date or null, limit: integer = 20, share: float = 0.5, types: list of string = A; B c"
    assert read_parameters(text) == (
        {"name": "string", "since": "date or null", "limit": "integer", "share": "float", "types": "list of string"},
        {"limit": 20, "share": 0.5, "types": ["A", "B c"]},
    )
    assert read_parameters("") == ({}, {})


def test_an_unknown_query_is_named() -> None:
    with pytest.raises(UnknownQuery, match="'drop_everything'"):
        get_query("drop_everything", "embedded")


def test_a_query_of_one_store_is_unknown_to_the_other() -> None:
    assert get_query("write_vectors", "neo4j").dialects == ("neo4j",)
    with pytest.raises(UnknownQuery):
        get_query("write_vectors", "embedded")


def test_the_page_that_lists_them_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: python -m scripts.write_queries_page"
