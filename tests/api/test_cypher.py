"""Cypher of one's own at the doors: who may run it, what comes back, and a server that goes on meanwhile."""

import csv
import io
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from doors import ATLAS, BORA, Run, assert_error, finish, start
from fastapi.testclient import TestClient
from neo4j_server import Server
from openai_stand_in import StandIn, stand_in

from api.http import create_app
from api.service import open_service
from api.settings import load_settings

pytestmark = pytest.mark.alone

NAMES = "MATCH (n:Entity) RETURN n.name AS name, n.aliases AS aliases ORDER BY name"
EVERYTHING = ("MATCH (n) RETURN n", "MATCH (a)-[r]->(b) RETURN a.id AS a, r, b.id AS b")
RUNAWAY = "MATCH (a), (b), (c), (d), (e) RETURN count(a.id + b.id + c.id + d.id + e.id) AS n"
WRITES = (
    "CREATE (n:Intruder)",
    "MATCH (d:Document) mErGe (d)-[:INTRUDES]->(d)",
    "MATCH (d:Document) /* ' */ SET d.title = 'x' RETURN d // '",
    "MATCH (n) DETACH DELETE n",
    "MATCH (d:Document) REMOVE d.title",
    "FOREACH (x IN [1] | CREATE (:Intruder))",
    "CALL db.createLabel('Intruder')",
    "CALL { CREATE (n:Intruder) RETURN n } RETURN n",
    "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
    "CREATE INDEX intruder FOR (n:Document) ON (n.title)",
    "RETURN 1 AS x; CREATE (n:Intruder)",
    "\\u0043REATE (n:Intruder)",
    "EXPLAIN CREATE (n:Intruder)",
    "USE neo4j MATCH (n) RETURN n",
)


@pytest.fixture(params=["embedded", "neo4j"])
def client(request: pytest.FixtureRequest, place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The API on one store after the other, with both documents; maria is a user."""
    if request.param == "neo4j":
        server: Server = request.getfixturevalue("clean_neo4j")
        monkeypatch.setenv("EVIGRAPH_GRAPH", server.uri)
        monkeypatch.setenv("EVIGRAPH_NEO4J_PASSWORD", server.password)
    monkeypatch.setenv("EVIGRAPH_USERS", '{"maria": ["legal"]}')
    with (
        open_service(load_settings()) as service,
        TestClient(create_app(service), base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as opened,
    ):
        files = [("files", ("atlas.md", ATLAS.encode())), ("files", ("bora.md", BORA.encode()))]
        assert opened.post("/v1/documents", files=files).status_code == 201
        yield opened


def post(client: TestClient, cypher: str, **body: Any) -> httpx.Response:
    response: httpx.Response = client.post("/v1/cypher", json={"cypher": cypher, **body})
    return response


def refused(response: httpx.Response, status: int) -> str:
    """The one sentence of a problem document."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    detail = response.json()["detail"]
    assert "Traceback" not in detail
    assert "\n" not in detail
    return str(detail)


def test_columns_and_rows(client: TestClient) -> None:
    answer = post(client, NAMES).json()
    assert list(answer) == ["columns", "rows", "truncated", "ms"]
    assert answer["columns"] == ["name", "aliases"]
    assert "Maria Lind" in [row["name"] for row in answer["rows"]]
    assert answer["truncated"] is False
    some = post(client, NAMES, limit=2).json()
    assert (some["rows"], some["truncated"]) == (answer["rows"][:2], True)
    given = post(client, "MATCH (n:Entity {name: $name}) RETURN n", parameters={"name": "Atlas"}).json()
    assert ["Entity" in row["n"]["labels"] for row in given["rows"]] == [True]


def test_rows_as_csv(client: TestClient) -> None:
    response = client.post("/v1/cypher", json={"cypher": NAMES}, headers={"Accept": "text/csv"})
    assert response.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(response.text)))
    assert rows[0] == ["name", "aliases"]
    assert len(rows) == 1 + len(post(client, NAMES).json()["rows"])


def test_whatever_writes_is_refused_and_nothing_changes(client: TestClient) -> None:
    def content() -> list[list[str]]:
        # In another process and a fresh copy: what an ingest of nothing new would find.
        return [sorted(map(str, post(client, query).json()["rows"])) for query in EVERYTHING]

    before, documents = content(), client.get("/v1/documents").json()
    for statement in WRITES:
        assert refused(post(client, statement), 422).endswith(".")
    assert content() == before
    assert client.get("/v1/documents").json() == documents


def test_only_the_owner_may(client: TestClient) -> None:
    assert "only the owner" in refused(post(client, "RETURN 1 AS x", **{"as": "maria"}), 403)
    assert "There is no user 'otto'" in refused(post(client, "RETURN 1 AS x", **{"as": "otto"}), 422)


def test_the_mistakes_of_a_statement_are_told(client: TestClient) -> None:
    assert "line 1, column 11" in refused(post(client, "RETURN (1 AS x"), 422)
    assert "missing" in refused(post(client, "RETURN $missing AS x"), 422).casefold()
    assert "There is no statement" in refused(post(client, ""), 422)
    refused(post(client, "RETURN 'x' AS " + "x" * 20_000), 422)


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 0},
        {"limit": 10_001},
        {"timeout_s": 0},
        {"timeout_s": 61},
        {"timeout_s": "soon"},
        {"parameters": []},
        {"groups": []},
    ],
)
def test_limits_have_limits(client: TestClient, body: dict[str, Any]) -> None:
    refused(post(client, "RETURN 1 AS x", **body), 422)


def test_a_statement_that_is_no_text(client: TestClient) -> None:
    data = b'{"cypher": "RETURN \'\\ud800\' AS x", "parameters": {"y": NaN}}'
    response = client.post("/v1/cypher", content=data, headers={"Content-Type": "application/json"})
    assert response.status_code in (200, 422)
    assert post(client, "RETURN 1 AS x").json()["rows"] == [{"x": 1}]


def test_the_command(place: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIGRAPH_USERS", '{"maria": ["legal"]}')
    run("ingest", "docs")
    title = "MATCH (d:Document) WHERE d.title STARTS WITH $word RETURN d.title AS title, d.access AS access"
    assert run("cypher", title, "word=Atlas", "--json").data["rows"] == [
        {"title": "Atlas Handbook", "access": ["everyone"]}
    ]
    shown = run("cypher", title, "word=Atlas")
    assert re.search(r'^Atlas Handbook +\["everyone"\]$', shown.out, re.MULTILINE)
    assert run("cypher", title, "word=Atlas", "--format", "csv").out.splitlines()[0] == "title,access"
    cut = run("cypher", NAMES, "--limit", "1")
    assert "--limit" in cut.err
    assert_error(run("cypher", "MATCH (n) DETACH DELETE n"), 1, "DETACH changes the graph")
    assert_error(run("cypher", NAMES, "--as", "maria"), 1, "only the owner")
    assert_error(run("cypher", NAMES, "word"), 2, "NAME=VALUE")
    assert_error(run("cypher", RUNAWAY, "--timeout", "1"), 1, "limit of 1 s")
    assert len(run("documents", "--json").data["documents"]) == 2


@pytest.fixture
def model(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with stand_in() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "secret-key")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        yield server


def test_a_draft_at_the_doors(model: StandIn, client: TestClient) -> None:
    model.reply = "It counts documents.\n```cypher\nMATCH (d:Document) RETURN count(d) AS n\n```"
    draft = client.post("/v1/cypher/draft", json={"question": "How many documents are there?"}).json()
    assert (draft["explanation"], draft["refused"]) == ("It counts documents.", None)
    assert post(client, draft["cypher"]).json()["rows"] == [{"n": 2}]
    owner = client.post("/v1/cypher/draft", json={"question": "How many?", "as": "maria"})
    assert "only the owner" in refused(owner, 403)
    assert "no question" in refused(client.post("/v1/cypher/draft", json={"question": " "}), 422)
    model.status = 500
    failed = refused(client.post("/v1/cypher/draft", json={"question": "How many?"}), 503)
    assert "secret-key" not in failed


def test_a_draft_on_the_command_line(place: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("ingest", "docs")
    assert_error(run("cypher", "--draft", "How many?"), 2, "OPENAI_API_KEY")
    with stand_in() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "secret-key")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        server.reply = "It deletes all.\n```cypher\nMATCH (n:Nobody) DETACH DELETE n\n```"
        outcome = run("cypher", "--draft", "Delete all")
    assert outcome.out == "It deletes all.\nMATCH (n:Nobody) DETACH DELETE n\n"
    assert "no such labels: Nobody" in outcome.err
    assert "DETACH changes the graph" in outcome.err


def test_a_server_answers_others_while_a_statement_runs_away(place: Path, run: Run) -> None:
    run("ingest", "docs")
    process = start("serve", "--port", "0")
    try:
        assert process.stderr is not None
        address = re.search(r"http://\S+", process.stderr.readline())
        assert address
        with httpx.Client(base_url=address[0], timeout=120) as http:
            while True:
                try:
                    http.get("/healthz")
                    break
                except httpx.TransportError:
                    assert process.poll() is None
                    time.sleep(0.1)
            http.post("/v1/ask", json={"question": "Who owns Atlas?"})  # the first one loads what it needs
            ended: list[httpx.Response] = []
            body = {"cypher": RUNAWAY, "timeout_s": 20}
            runaway = threading.Thread(target=lambda: ended.append(http.post("/v1/cypher", json=body)))
            runaway.start()
            time.sleep(1)
            asked = http.post("/v1/ask", json={"question": "Who owns Atlas?"}).json()
            assert "Maria Lind" in asked["answer"]
            assert len(http.get("/v1/documents").json()["documents"]) == 2
            assert not ended  # it was running all the while
            written = http.post("/v1/documents", json={"name": "new.md", "text": "# New\n\nAda Berg owns Vega.\n"})
            assert written.status_code == 201
            runaway.join()
            assert ended[0].status_code == 422
            assert "limit of 20 s" in ended[0].json()["detail"]
            count = {"cypher": "MATCH (d:Document) RETURN count(d) AS n"}
            assert http.post("/v1/cypher", json=count).json()["rows"] == [{"n": 3}]
    finally:
        process.terminate()
        outcome = finish(process)
    assert "Traceback" not in outcome.err
