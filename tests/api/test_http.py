"""The HTTP API: what it does, and each of its errors as a problem document."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from doors import ATLAS, BORA
from fastapi.testclient import TestClient

from api.http import create_app
from api.service import Service, open_service
from api.settings import load_settings
from kg.store import StoreError

Client = TestClient


@pytest.fixture
def service(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """An open service; files may have 1 MB, and maria is in legal."""
    monkeypatch.setenv("EVIGRAPH_MAX_FILE_MB", "1")
    monkeypatch.setenv("EVIGRAPH_USERS", '{"maria": ["legal"], "omar": []}')
    with open_service(load_settings()) as opened:
        yield opened


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    with TestClient(create_app(service), base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def held(client: Client) -> Client:
    """With both documents uploaded."""
    files = [("files", ("atlas.md", ATLAS.encode())), ("files", ("bora.md", BORA.encode()))]
    response = client.post("/v1/documents", files=files)
    assert response.status_code == 201
    assert response.json()["added"] == 2
    return client


def assert_problem(response: httpx.Response, status: int, *words: str) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"
    body = response.json()
    assert set(body) == {"type", "title", "status", "detail", "instance"}
    assert body["status"] == status
    for word in words:
        assert word in body["detail"], body


def identity_of(client: Client, title: str) -> str:
    [identity] = [row["id"] for row in client.get("/v1/documents").json()["documents"] if row["title"] == title]
    return str(identity)


def test_documents_come_and_go(held: Client) -> None:
    same = held.post("/v1/documents", json={"name": "atlas.md", "text": ATLAS})
    assert (same.status_code, same.json()["unchanged"]) == (200, 1)
    changed = held.post("/v1/documents", json={"name": "atlas.md", "text": ATLAS + "\nIt is old.\n"})
    assert (changed.status_code, changed.json()["changed"]) == (200, 1)
    identity = identity_of(held, "Atlas Handbook")
    shown = held.get(f"/v1/documents/{identity}", params={"text": True, "facts": True}).json()
    assert shown["uri"] == "upload:atlas.md"
    assert (shown["version"], shown["text"]) == (2, ATLAS + "\nIt is old.\n")
    assert "text" not in held.get(f"/v1/documents/{identity}").json()
    assert held.delete(f"/v1/documents/{identity}").status_code == 204
    assert_problem(held.get(f"/v1/documents/{identity}"), 404, identity)
    assert_problem(held.delete("/v1/documents/bora.md"), 404, "bora.md")
    assert not held.get("/v1/entities", params={"q": "Nordwind"}).json()["entities"]


def test_a_form_with_corpus_and_access(client: Client) -> None:
    files = [("files", ("atlas.md", ATLAS.encode()))]
    response = client.post("/v1/documents", files=files, data={"corpus": "hr", "access": ["legal", "board"]})
    assert response.status_code == 201
    [row] = client.get("/v1/documents").json()["documents"]
    assert (row["corpus"], row["access"]) == ("hr", ["board", "legal"])


def test_one_of_two_refused(client: Client) -> None:
    files = [("files", ("atlas.md", ATLAS.encode())), ("files", ("broken.pdf", b"no pdf"))]
    response = client.post("/v1/documents", files=files)
    assert response.status_code == 201
    assert response.json()["in_part"]
    assert "broken.pdf" in response.json()["refusals"][0]["reason"]


def test_asking(held: Client) -> None:
    answer = held.post("/v1/ask", json={"question": "Who owns Atlas?", "tier": "none"}).json()
    assert answer["status"] == "answered"
    assert "Maria Lind" in answer["answer"]
    citation = answer["citations"][0]
    assert ATLAS[citation["start"] : citation["end"]] == citation["quote"]
    assert answer["trace"]["queries"]
    long = held.post("/v1/ask", json={"question": "Who owns Atlas? " * 6250})
    assert long.status_code == 200
    assert "first 2000 characters" in long.json()["answer"]
    cypher = held.post("/v1/ask", json={"question": "MATCH (n) DETACH DELETE n"})
    assert cypher.status_code == 200
    assert held.get("/readyz").json()["documents"] == 2


def test_asking_while_documents_are_replaced(held: Client) -> None:
    def replace_often() -> None:
        for number in range(40):
            held.post("/v1/documents", json={"name": "atlas.md", "text": f"{ATLAS}\nRevision {number}.\n"})

    writer = threading.Thread(target=replace_often)
    writer.start()
    while writer.is_alive():
        response = held.post("/v1/ask", json={"question": "Who owns Atlas?", "tier": "none"})
        assert response.status_code == 200, response.text
    writer.join()


def test_searching(held: Client) -> None:
    body = held.post("/v1/search", json={"query": "nightly backup", "k": 1}).json()
    assert [item["document"]["title"] for item in body["passages"]] == ["Atlas Handbook"]


def test_a_user_sees_what_their_groups_may(client: Client) -> None:
    client.post("/v1/documents", json={"name": "atlas.md", "text": ATLAS, "access": ["legal"]})
    for user, seen in (("maria", True), ("omar", False)):
        found = client.post("/v1/search", json={"query": "Who owns Atlas?", "as": user}).json()["passages"]
        assert bool(found) is seen
        cited = client.post("/v1/ask", json={"question": "Who owns Atlas?", "as": user}).json()["citations"]
        assert bool(cited) is seen
    assert_problem(client.post("/v1/ask", json={"question": "Who?", "as": "eve"}), 422, "no user 'eve'")


def test_entities_and_paths(held: Client) -> None:
    [atlas, *_] = held.get("/v1/entities", params={"q": "Atlas"}).json()["entities"]
    assert held.get(f"/v1/entities/{atlas['id']}").json()["name"] == "Atlas"
    facts = held.get(f"/v1/entities/{atlas['id']}/neighbours").json()["facts"]
    assert ("Maria Lind", "OWNS") in {(fact["subject"], fact["predicate"]) for fact in facts}
    body = held.get("/v1/paths", params={"from": "Maria Lind", "to": atlas["id"]}).json()
    assert [[fact["predicate"] for fact in path] for path in body["paths"]] == [["OWNS"]]
    assert held.get("/v1/paths", params={"from": "Maria Lind", "to": "Sven Falk"}).json()["paths"] == []
    assert_problem(held.get("/v1/paths", params={"from": "Maria Lind", "to": "Zanzibar"}), 404, "'Zanzibar'")
    assert_problem(held.get("/v1/entities/e_none"), 404, "'e_none'")
    assert_problem(held.get("/v1/entities/e_none/neighbours"), 404, "'e_none'")


def test_entities_are_merged_and_split(held: Client) -> None:
    def found(name: str) -> dict[str, Any]:
        entity: dict[str, Any] = held.get("/v1/entities", params={"q": name}).json()["entities"][0]
        return entity

    sven, maria = found("Sven Falk"), found("Maria Lind")
    merged = held.post(f"/v1/entities/{sven['id']}/merge", json={"into": maria["id"]}).json()
    assert {merged["name"], *merged["aliases"]} == {"Maria Lind", "Sven Falk"}
    assert found("Sven Falk")["id"] == found("Maria Lind")["id"] == merged["id"]
    assert [item["decided_by"] for item in held.get(f"/v1/entities/{merged['id']}").json()["merges"]] == ["owner"]
    place = f"/v1/entities/{merged['id']}"
    assert_problem(held.post(f"{place}/merge", json={"into": "Sven Falk"}), 409, "already")
    assert_problem(held.post(f"{place}/split", json={"name": "Atlas"}), 404, "does not go by 'Atlas'")
    parts = held.post(f"{place}/split", json={"name": "Sven Falk"}).json()["entities"]
    assert [part["name"] for part in parts] == ["Maria Lind", "Sven Falk"]
    assert found("Maria Lind") == maria and found("Sven Falk") == sven
    assert_problem(held.post(f"/v1/entities/{sven['id']}/split", json={"name": "Sven Falk"}), 409, "nothing to split")
    assert_problem(held.post("/v1/entities/e_none/merge", json={"into": "Atlas"}), 404, "'e_none'")


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"question": " "}, 422, ["The question is empty"]),
        ({}, 422, ["body.question"]),
        ({"question": 3}, 422, ["body.question", "string"]),
        ({"question": "Who?", "tier": "huge"}, 422, ["body.tier", "'large'"]),
        ({"question": "Who?", "groups": ["legal"]}, 422, ["body.groups"]),
        ("{", 422, ["JSON"]),
    ],
)
def test_questions_that_are_none(client: Client, body: Any, status: int, words: list[str]) -> None:
    content = body if isinstance(body, str) else json.dumps(body)
    response = client.post("/v1/ask", content=content, headers={"content-type": "application/json"})
    assert response.status_code == status
    for word in words:
        assert word.lower() in response.json()["detail"].lower()
    assert_problem(response, status)


def test_uploads_that_are_refused(client: Client) -> None:
    assert_problem(client.post("/v1/documents", json={"name": "run.exe", "text": "x"}), 415, "run.exe", ".docx")
    assert_problem(client.post("/v1/documents", json={"name": "a.md", "text": ""}), 422, "a.md is empty")
    assert_problem(client.post("/v1/documents", json={"name": "a.md"}), 422, "body.text")
    assert_problem(client.post("/v1/documents", json={"name": "a\n.md", "text": "x"}), 422, "name")
    assert_problem(client.post("/v1/documents", files=[("files", ("x.pdf", b"no pdf"))]), 422, "x.pdf")
    assert_problem(client.post("/v1/documents", files=[("files", ("x", b"text"))]), 415, "x has no suffix")
    assert_problem(client.post("/v1/documents", content=b"x", headers={"content-type": "text/plain"}), 415, "multipart")
    assert_problem(client.post("/v1/documents", data={"corpus": "a"}, files={}), 415, "multipart")
    no_file = {"content-type": "multipart/form-data; boundary=b"}
    form = b'--b\r\nContent-Disposition: form-data; name="corpus"\r\n\r\na\r\n--b--\r\n'
    assert_problem(client.post("/v1/documents", content=form, headers=no_file), 422, "no file")
    assert_problem(client.post("/v1/documents", content=b"junk", headers=no_file), 400)
    assert client.get("/v1/documents").json()["documents"] == []


def test_bodies_that_are_too_large(client: Client) -> None:
    taken = 0

    def chunks() -> Iterator[bytes]:
        nonlocal taken
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
        for _ in range(40):
            taken += 1
            yield b"x" * 100_000

    form = {"content-type": "multipart/form-data; boundary=b"}
    words = ["1 MB", "EVIGRAPH_MAX_FILE_MB"]
    assert_problem(client.post("/v1/documents", content=chunks(), headers=form), 413, *words)
    assert_problem(client.post("/v1/documents", content=b"x" * 2_000_000, headers=form), 413, *words)
    assert_problem(client.post("/v1/ask", json={"question": "x" * 2_000_000}), 413, *words)


def test_what_is_not_there(client: Client) -> None:
    assert_problem(client.get("/nowhere"), 404, "/nowhere")
    assert_problem(client.get("/docs"), 404)
    assert_problem(client.get("/redoc"), 404)
    assert_problem(client.put("/v1/ask"), 405, "PUT", "/v1/ask")
    assert client.put("/v1/ask").headers["allow"] == "POST"
    assert_problem(client.get("/v1/entities"), 422, "query.q")


def test_a_graph_that_is_down(client: Client, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*arguments: Any, **parameters: Any) -> None:
        raise StoreError("Neo4j at bolt://127.0.0.1:1 cannot be reached; start it.")

    monkeypatch.setattr(service, "size", down)
    monkeypatch.setattr(service, "documents", down)
    assert_problem(client.get("/readyz"), 503, "cannot be reached")
    assert_problem(client.get("/v1/documents"), 503, "cannot be reached")
    assert client.get("/healthz").json() == {"status": "ok"}


def test_the_unexpected_tells_nothing_of_the_inside(
    client: Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(service, "documents", broken)
    response = client.get("/v1/documents")
    assert_problem(response, 500)
    assert "secret" not in response.text
    assert "Zero" not in response.text


def test_other_hosts_and_other_sites_are_refused(client: Client) -> None:
    for host in ("localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "[::1]"):
        assert client.get("/healthz", headers={"host": host}).status_code == 200
    for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "192.0.2.7", ""):
        assert_problem(client.get("/healthz", headers={"host": host}), 421, "localhost")
    same = client.get("/healthz", headers={"origin": "http://127.0.0.1:8000"})
    assert same.status_code == 200
    assert "access-control-allow-origin" not in same.headers
    for origin in ("https://evil.example", "null", "http://127.0.0.1:9"):
        assert_problem(client.post("/v1/documents", headers={"origin": origin}), 403, "other sites")


def test_the_description_names_every_route(client: Client) -> None:
    response = client.get("/openapi.json")
    assert response.headers["x-content-type-options"] == "nosniff"
    described = response.json()
    routes = {f"{method.upper()} {path}" for path, item in described["paths"].items() for method in item}
    assert routes == {
        "POST /v1/documents",
        "GET /v1/documents",
        "GET /v1/documents/{identity}",
        "DELETE /v1/documents/{identity}",
        "POST /v1/ask",
        "POST /v1/search",
        "GET /v1/entities",
        "GET /v1/entities/{identity}",
        "POST /v1/entities/{identity}/merge",
        "POST /v1/entities/{identity}/split",
        "GET /v1/entities/{identity}/neighbours",
        "GET /v1/paths",
        "GET /v1/queries",
        "POST /v1/queries/{name}",
        "POST /v1/cypher",
        "POST /v1/cypher/draft",
        "GET /v1/answers",
        "GET /v1/answers/{identity}",
        "GET /v1/answers/{identity}/provenance",
        "POST /v1/answers/{identity}/replay",
        "GET /v1/review",
        "GET /v1/review/{identity}",
        "POST /v1/review/{identity}/take",
        "POST /v1/review/{identity}/decision",
        "POST /v1/review/requests",
        "GET /v1/flags",
        "GET /v1/flags/{key}",
        "PUT /v1/flags/{key}",
        "GET /v1/privacy/scan",
        "POST /v1/privacy/export",
        "POST /v1/privacy/erase",
        "GET /healthz",
        "GET /readyz",
    }
    assert set(described["paths"]["/v1/documents"]["post"]["requestBody"]["content"]) == {
        "multipart/form-data",
        "application/json",
    }
