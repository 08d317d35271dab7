"""kg.browser: the style sheet as Neo4j Browser reads it, and favourites that run on a real Neo4j as they stand."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import analyst_world as analysts
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kg_stores import connect
from kg_world import Said, document, write
from neo4j import Driver, GraphDatabase
from neo4j_server import Server
from test_analyst_queries import CASES

from kg.browser import OWN_LABELS, favourites, favourites_archive, style, type_colours
from kg.catalogue import CYPHER, Query, catalogue
from kg.colours import contrast, distinct_colours
from kg.ontology import Ontology, load_ontology

QUERIES = [query for query in catalogue("neo4j").values() if query.folder == "analyst"]
KNOWN = {"name": "Atlas", "other": "Borealis", "title": "register"}


def rules(sheet: str) -> dict[str, dict[str, str]]:
    """Selectors and their properties, in order. The sheet has neither comments nor quoted braces."""
    return {
        selector: dict(item.split(": ") for item in body.strip().rstrip(";").split(";\n  "))
        for selector, body in re.findall(r"(\S+) \{\n(.*?)\n\}", sheet, re.DOTALL)
    }


def of_classes(folder: Path, *names: str) -> Ontology:
    head = "@prefix o: <urn:x#> . @prefix owl: <http://www.w3.org/2002/07/owl#> ."
    path = folder / "own.ttl"
    path.write_text(head + "".join(f"<urn:x#{name}> a owl:Class .\n" for name in names))
    return load_ontology(path)


def test_the_style_at_hand_is_that_of_the_shipped_ontology() -> None:
    held = (CYPHER / "analyst" / "evigraph.grass").read_text(encoding="utf-8")
    assert held == style(load_ontology()), "write it anew: evigraph browser DIR"


def test_each_type_has_a_colour_and_a_caption_after_what_holds_for_all_entities() -> None:
    ontology = load_ontology()
    sheet = rules(style(ontology))
    order = list(sheet)
    for name in ontology.types:
        assert sheet[f"node.{name}"]["caption"] == "'{name}'"
        # Of several rules that fit, the last one counts.
        assert order.index(f"node.{name}") > order.index("node.Entity")
    colours = [
        sheet[f"node.{name}"]["color"] for name in ("System", "Person", "Organization", "Policy", "Risk", "Role")
    ]
    assert len(set(colours)) == len(colours)


@settings(deadline=None)
@given(count=st.integers(0, 120))
def test_colours_differ_from_each_other_and_from_those_taken(count: int) -> None:
    taken = ["#FFFFFF", "#3B4252"]
    colours = distinct_colours(count, taken)
    assert len({*colours, *taken}) == count + 2
    assert distinct_colours(count // 2, taken) == colours[: count // 2]


def test_every_caption_can_be_read_on_its_colour() -> None:
    for look in rules(style(load_ontology())).values():
        if "diameter" in look:
            assert contrast(look["text-color-internal"], look["color"]) >= 4.5


def test_an_ontology_of_ones_own_cannot_restyle_documents_or_break_the_sheet(tmp_path: Path) -> None:
    ontology = of_classes(tmp_path, "Ship", "Document", "O'Neil", "a.b", "7")
    assert set(type_colours(ontology)) == {"Ship"}
    sheet = rules(style(ontology))
    assert sheet["node.Document"]["caption"] == "'{title}'"
    assert "node.Ship" in sheet


def test_own_labels_are_those_of_the_queries() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in CYPHER.rglob("*.cypher")}
    used = {label for text in texts.values() for label in re.findall(r"\(\w*:`?([A-Z]\w+)", text)}
    assert used == set(OWN_LABELS)
    kept = catalogue("neo4j")["refresh_types"].cypher
    assert set(re.findall(r"'(\w+)'", kept)) == set(OWN_LABELS), "no type may become one of these"


def test_the_archive_holds_each_favourite_under_a_title_of_its_own() -> None:
    with zipfile.ZipFile(io.BytesIO(favourites_archive())) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert texts == favourites()
    assert favourites_archive() == favourites_archive()
    titles = [text.splitlines()[0] for text in texts.values()]
    assert all(re.fullmatch(r"// \S.*", title) for title in titles)
    assert len(set(titles)) == len(titles)
    folders = {name.split("/")[0] for name in texts}
    assert folders == {"Evigraph graphs", "Evigraph tables"}


@pytest.fixture(scope="module")
def driver(clean_neo4j_module: Server) -> Iterator[Driver]:
    server = clean_neo4j_module
    store = connect(server)
    analysts.write(store)
    store.close()
    with GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as opened:
        yield opened


def asked(text: str, values: dict[str, Any]) -> dict[str, Any]:
    """Of the values those that a favourite tells to set."""
    return {name: value for name, value in values.items() if re.search(rf"\${name}\b", text)}


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_a_favourite_gives_the_rows_of_its_query(driver: Driver, neo4j_server: Server, query: Query) -> None:
    text = favourites()[f"Evigraph tables/{query.name}.cypher"]
    needed = asked(text, CASES[query.name].parameters)
    store = connect(neo4j_server)
    rows = store.run(query.name, **{**dict.fromkeys(query.parameters), **query.defaults, **needed}).rows
    store.close()
    assert [record.data() for record in driver.execute_query(text, needed).records] == rows
    for name in set(re.findall(r"\$(\w+)", text)):
        assert f":param {name} =>" in text


@pytest.mark.parametrize("name", [name for name in favourites() if name.startswith("Evigraph graphs/")])
def test_a_graph_favourite_returns_paths(driver: Driver, name: str) -> None:
    text = favourites()[name]
    result = driver.execute_query(text, asked(text, KNOWN))
    assert all(key in ("p", "q") for key in result.keys)
    # The world has neither merged names nor ways over things between its two systems alone: these may be empty.
    assert result.records or "merged" in text


def test_captions_tell_passages_and_facts_apart(driver: Driver) -> None:
    passages, _, _ = driver.execute_query(
        "MATCH (p:Passage) RETURN p.heading AS heading, p.text AS text, p.caption AS caption"
    )
    assert passages
    for row in passages:
        assert row["caption"] in (row["heading"].split(" > ")[-1] or row["text"])
    facts, _, _ = driver.execute_query(
        "MATCH (f:Fact) RETURN DISTINCT f.predicate AS predicate, f.negated AS negated, f.caption AS caption"
    )
    captions = {(row["predicate"], row["negated"]): row["caption"] for row in facts}
    assert (captions["HOSTED_BY", False], captions["OWNS", True]) == ("HOSTED BY", "NOT OWNS")


def test_the_type_is_a_label_that_follows_it(driver: Driver, neo4j_server: Server) -> None:
    said = [Said("Note", "Orion holds Ledger and Lyra.", ("Orion", "Ledger", "Lyra"))]
    store = connect(neo4j_server)

    def labels(version: int, **types: str) -> dict[str, list[str]]:
        graph = document("note", ["everyone"], said, version=version)
        entities = tuple(replace(entity, type=types[entity.name]) for entity in graph.entities)
        write(store, replace(graph, entities=entities), replaces=version > 1)
        found, _, _ = driver.execute_query(
            "MATCH (e:Entity) WHERE e.name IN $names RETURN e.name AS name, labels(e) AS labels", names=list(types)
        )
        return {row["name"]: sorted(row["labels"]) for row in found}

    first = labels(1, Orion="System", Ledger="Document", Lyra="")
    assert first == {"Orion": ["Entity", "System"], "Ledger": ["Entity"], "Lyra": ["Entity"]}
    second = labels(2, Orion="Fact", Ledger="Policy", Lyra="it's `odd`")
    assert second == {"Orion": ["Entity"], "Ledger": ["Entity", "Policy"], "Lyra": ["Entity", "it's `odd`"]}
    store.close()
