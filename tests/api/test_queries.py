"""Analyst queries and analyses by name, by the command and over HTTP."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doors import Run, assert_error
from fastapi.testclient import TestClient

from api.analyst import check_parameters, listed, parse_parameters
from api.errors import WrongUse
from api.http import create_app
from api.service import open_service
from api.settings import load_settings
from kg.catalogue import DIALECTS, Query, read_parameters

FORMULAS = "system,owner\n=cmd|calc,Maria Lind\n@sum,Maria Lind\n"


@pytest.fixture
def held(run: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line on a graph with the two documents; omar is a user in no group, maria in legal."""
    monkeypatch.setenv("EVIGRAPH_USERS", '{"maria": ["legal"], "omar": []}')
    monkeypatch.setenv("EVIGRAPH_EXTRACTOR", "rules")
    assert run("ingest", place / "docs" / "atlas.md", "--access", "legal").code == 0
    assert run("ingest", place / "docs" / "bora.md").code == 0
    return run


@pytest.fixture
def client(held: Run) -> Iterator[TestClient]:
    with (
        open_service(load_settings()) as service,
        TestClient(create_app(service), base_url="http://127.0.0.1") as opened,
    ):
        yield opened


def test_without_a_name_all_are_listed(run: Run) -> None:
    """Before there is any graph."""
    outcome = run("query")
    assert outcome.code == 0
    assert "impact  name=… [steps=5]" in outcome.out
    names = {query["name"] for query in run("query", "--format", "json").data["queries"]}
    assert names == {row["name"] for row in csv.DictReader(io.StringIO(run("query", "--format", "csv").out))}
    assert names == {query.name for query in listed(DIALECTS[0]) if query.folder in ("analyst", "analysis")}
    assert len(names) > 40


def test_a_query_as_table_csv_and_json(held: Run) -> None:
    asked = ("query", "facts_as_subject", "name=Atlas")
    found = held(*asked, "--json").data
    assert [(row["predicate"], row["object"]) for row in found["rows"]] == [("HOSTED_BY", "Nordwind AB")]
    assert found["parameters"] == {"name": "atlas", "limit": 100, "groups": None, "as_of": None}
    assert found["cypher"].startswith("MATCH") and found["notes"] == []
    assert held(*asked, "--format", "json").data["rows"] == found["rows"]
    table, rows = held(*asked), list(csv.DictReader(io.StringIO(held(*asked, "--format", "csv").out)))
    assert table.out.splitlines()[0].split() == found["columns"] == list(rows[0])
    assert "Nordwind AB" in table.out and rows[0]["object"] == "Nordwind AB"


def test_an_analysis_is_asked_as_a_query_is(held: Run) -> None:
    rows = held("query", "impact", "name=Maria Lind", "--json").data["rows"]
    assert [(row["name"], row["chain"]) for row in rows] == [("Atlas", "Maria Lind -OWNS-> Atlas")]
    assert held("query", "single_points_of_failure", "limit=1", "--json").code == 0


def test_an_entity_by_id_by_any_name_and_one_unheard_of(held: Run) -> None:
    by_name = held("query", "facts_as_subject", "name=the ATLAS", "--json").data["rows"]
    (identity,) = {row["id"] for row in held("entities", "Atlas", "--json").data["entities"] if row["name"] == "Atlas"}
    assert held("query", "facts_as_subject", f"name={identity}", "--json").data["rows"] == by_name
    unheard = held("query", "facts_as_subject", "name=Nosuch")
    assert (unheard.code, unheard.out.splitlines()[-1]) == (0, "0 rows")
    assert unheard.err == "No entity goes by the name 'Nosuch'.\n"


def test_whose_eyes_and_which_day(held: Run) -> None:
    def rows(*more: str) -> list[Any]:
        found: list[Any] = held("query", "who_is_responsible", "--json", *more).data["rows"]
        return found

    assert (
        {row["who"] for row in rows()} == {row["who"] for row in rows("--as", "maria")} == {"Maria Lind", "Sven Falk"}
    )
    assert {row["who"] for row in rows("--as", "omar")} == {"Sven Falk"}
    assert rows("--as-of", "2026-03-01") == rows()
    assert (
        held("query", "facts_as_subject", "name=Atlas", "--as", "omar").err == "No entity goes by the name 'Atlas'.\n"
    )


def test_rows_cut_off_are_told_of(held: Run) -> None:
    outcome = held("query", "most_connected", "limit=1")
    assert outcome.out.endswith("1 row\n")
    assert "first 1 rows" in outcome.err and outcome.err.count("\n") == 1
    assert "rows of the graph were read" in held("query", "central_entities", "rows=1", "limit=9").err


def test_no_cell_is_a_formula(held: Run, place: Path) -> None:
    (place / "odd.csv").write_text(FORMULAS)
    assert held("ingest", "odd.csv").code == 0
    out = held("query", "facts_as_subject", "name=Maria Lind", "--format", "csv").out
    cells = [cell for row in csv.reader(io.StringIO(out)) for cell in row]
    assert "'=cmd|calc" in cells and not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["impct", "name=Atlas"], 1, ["'impct'", "did you mean impact"]),
        (["zzz"], 1, ["'zzz'", "lists all"]),
        (["entity", "entity_id=e_1"], 1, ["'entity' is not an analyst query"]),
        (["impact"], 2, ["needs the parameter name (name of an entity)"]),
        (["impact", "Atlas"], 2, ["'Atlas' is not of the form name=value"]),
        (["impact", "name="], 2, ["name", "is to be: name of an entity"]),
        (["impact", "name=Atlas", "name=Bora"], 2, ["name is given twice"]),
        (["impact", "name=Atlas", "steps=many"], 2, ["steps", "integer"]),
        (["impact", "name=Atlas", "depth=3"], 2, ["no parameter 'depth'", "steps"]),
        (["impact", "name=Atlas", "groups=legal"], 2, ["groups"]),
        (["facts_valid_on", "day=March"], 2, ["day", "YYYY-MM-DD"]),
        (["who_is_responsible", "--as-of", "2026-02-30"], 2, ["as_of", "YYYY-MM-DD"]),
        (["who_is_responsible", "--as", "nobody"], 2, ["'nobody'"]),
    ],
)
def test_wrong_use_of_the_command_is_told(run: Run, arguments: list[str], code: int, words: list[str]) -> None:
    assert_error(run("query", *arguments), code, *words)


def test_the_catalogue_over_http(client: TestClient) -> None:
    queries = {query["name"]: query for query in client.get("/v1/queries").json()["queries"]}
    assert {query["folder"] for query in queries.values()} == {"retrieve", "analyst", "analysis"}
    most = queries["most_connected"]
    assert (most["parameters"]["limit"], most["defaults"]) == ("integer", {"limit": 100})
    assert "MATCH" in most["cypher"] and "MATCH" in queries["impact"]["cypher"]
    result = client.post("/v1/queries/most_connected", json={"limit": 3}).json()
    assert len(result["rows"]) == 3
    assert list(result["rows"][0]) == most["columns"] == result["columns"]
    assert client.post("/v1/queries/who_is_responsible").status_code == 200


def test_rows_over_http_as_json_and_csv_and_for_a_user(client: TestClient) -> None:
    asked = {"name": "Atlas"}
    found = client.post("/v1/queries/facts_as_subject", json=asked)
    assert found.headers["content-type"] == "application/json"
    as_csv = client.post("/v1/queries/facts_as_subject", json=asked, headers={"Accept": "text/csv"})
    assert as_csv.headers["content-type"].startswith("text/csv")
    assert [row["object"] for row in csv.DictReader(io.StringIO(as_csv.text))] == ["Nordwind AB"]
    assert (
        client.post("/v1/queries/facts_as_subject", json={**asked, "as": "maria"}).json()["rows"]
        == found.json()["rows"]
    )
    assert client.post("/v1/queries/facts_as_subject", json={**asked, "as": "omar"}).json()["rows"] == []


@pytest.mark.parametrize(
    ("name", "parameters", "status", "words"),
    [
        ("impact", {}, 422, ["name (name of an entity)"]),
        ("most_connected", {"limit": "3"}, 422, ["limit", "integer"]),
        ("most_connected", {"limit": True}, 422, ["limit", "integer"]),
        ("most_connected", {"limit": -1}, 422, ["limit", "integer"]),
        ("most_connected", {"limit": 2**80}, 422, ["limit", "integer"]),
        ("most_connected", {"limit": 3, "groups": ["legal"]}, 422, ["groups"]),
        ("most_connected", {"limit": 3, "size": 1}, 422, ["'size'", "limit"]),
        ("most_connected", {"as": ["maria"]}, 422, ["as", "string"]),
        ("impact", {"name": "\ud800"}, 422, ["name"]),
        ("entity", {"entity_id": "e_1"}, 404, ["'entity'", "analyst"]),
        ("delete_document", {"document_id": "d_1"}, 404, ["'delete_document'"]),
        ("no_such_query", {}, 404, ["no_such_query"]),
    ],
)
def test_queries_that_do_not_run_are_problems(
    client: TestClient, name: str, parameters: dict[str, Any], status: int, words: list[str]
) -> None:
    body, headers = json.dumps(parameters), {"Content-Type": "application/json"}
    response = client.post(f"/v1/queries/{name}", content=body, headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert all(word in response.json()["detail"] for word in words), response.json()


def asking(parameters: str) -> Query:
    types, defaults = read_parameters(parameters)
    return Query("asked", "analyst", "", types, defaults, (), "", "", DIALECTS)


def test_parameters_are_read_by_their_types() -> None:
    query = asking("a: string, b: integer, c: float, d: list of string, e: date or null, f: list of string or null")
    given = ["a=x=y", "b=3", "c=0.5", "d=one, two", "d=three", "e=", "f="]
    values = {"a": "x=y", "b": 3, "c": 0.5, "d": ["one", "two", "three"], "e": None, "f": None}
    assert parse_parameters(query, given) == values
    assert check_parameters(query, values) == values


def test_what_is_left_out_has_its_default_or_is_null() -> None:
    query = asking("a: string or null, b: integer = 3, c: list of string = x; y, groups: list of string or null")
    assert check_parameters(query, {}) == {"a": None, "b": 3, "c": ["x", "y"]}
    with pytest.raises(WrongUse):
        check_parameters(query, {"b": None})
