"""Answers that were given, through the command line and over HTTP: read, proven, replayed; versions."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from doors import Run, assert_error
from fastapi.testclient import TestClient
from rdflib import PROV, Graph, URIRef

from api.http import create_app
from api.service import Service, open_service
from api.settings import load_settings

QUESTION = "Who owns Atlas?"


@pytest.fixture
def held(place: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> Path:
    """Both documents taken in, and a database of their own."""
    monkeypatch.setenv("EVIGRAPH_DATABASE", f"sqlite:///{place / 'operations.db'}")
    monkeypatch.setenv("EVIGRAPH_EXTRACTOR", "rules")
    monkeypatch.setenv("EVIGRAPH_USERS", '{"maria": ["legal"], "omar": []}')
    assert run("ingest", "docs/bora.md").code == 0
    assert run("ingest", "docs/atlas.md", "--access", "legal").code == 0
    return place


@pytest.fixture
def client(held: Path) -> Iterator[TestClient]:
    with open_service(load_settings()) as service:
        app = create_app(service)
        with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as opened:
            yield opened


def test_the_command_line(held: Path, run: Run) -> None:
    asked = run("ask", QUESTION)
    last = asked.out.rstrip().splitlines()[-1]
    identity = last.split()[1].rstrip(";")
    assert last == f"Answer {identity}; evigraph export --answer {identity} gives its proof"
    assert identity in run("answers").out
    assert run("answers", identity, "--json").data["id"] == identity
    proof = run("export", "--answer", identity)
    graph = Graph().parse(data=proof.out, format="turtle")
    assert list(graph.objects(URIRef(f"urn:evigraph:answer:{identity}"), PROV.wasDerivedFrom))
    written = run("export", "--answer", identity, "--format", "json-ld", "proof.jsonld")
    assert (written.code, written.out) == (0, "")
    assert len(Graph().parse(held / "proof.jsonld", format="json-ld")) == len(graph)
    replay = run("replay", identity)
    assert replay.out.splitlines() == [QUESTION, "The same."]
    told = run("replay", identity, "--json").data
    assert (told["same"], told["causes"], told["answer"]["question"]) == (True, [], QUESTION)
    assert_error(run("replay", "none"), 1, "'none'")
    assert_error(run("export", "--answer", identity, "--as", "omar"), 1, identity)
    assert_error(run("export"), 2, "--answer ID or --graph")
    assert_error(run("export", "--graph"), 2, "FILE.ttl")


def test_a_removed_document_withdraws_what_cites_it(held: Path, run: Run) -> None:
    identity = run("ask", QUESTION, "--json").data["id"]
    assert run("remove", "atlas.md").code == 0
    for command in (("answers", identity), ("export", "--answer", identity, "proof.ttl"), ("replay", identity)):
        assert_error(run(*command), 1, "withdrawn", identity)
    assert not (held / "proof.ttl").exists()
    assert run("answers", "--json").data["answers"][0]["status"] == "withdrawn"


def test_the_graph_out_and_in(held: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("export", "--graph", "graph.ttl").code == 0
    assert_error(run("import", "graph.ttl"), 1, "not empty")
    monkeypatch.setenv("EVIGRAPH_GRAPH", f"embedded:{held / 'other'}")
    assert run("import", "graph.ttl", "--json").data["documents"] == 2
    assert "Maria Lind" in run("ask", QUESTION).out
    assert_error(run("import", "none.ttl"), 1, "none.ttl")
    assert_error(run("export", "--graph", "graph.pdf"), 2, ".jsonld")


def test_versions_on_the_command_line(held: Path, run: Run) -> None:
    listed = run("versions", "list", "--json").data
    kinds = {item["kind"] for item in listed["versions"] if item["in_use"]}
    assert {
        "ontology",
        "policy",
        "models",
        "prompt",
        "ranking",
        "support",
        "verification",
        "embedding",
        "code",
    } == kinds
    [shipped] = [item for item in listed["versions"] if item["kind"] == "policy"]
    shown = run("versions", "show", shipped["digest"][:12]).out
    (held / "mine.toml").write_text(run("versions", "show", shipped["digest"], "--json").data["content"] + "# mine\n")
    added = run("versions", "add", "policy", "mine.toml", "--json").data
    assert "version = " in shown
    assert "+# mine" in run("versions", "diff", shipped["digest"], added["digest"]).out
    assert run("versions", "activate", added["digest"], "--name", "mine").out.startswith("Active: mine@")
    listed = run("versions", "list", "--json").data
    assert listed["active"].startswith("mine@")
    assert {item["digest"] for item in listed["versions"] if item["in_use"] and item["kind"] == "policy"} == {
        added["digest"]
    }
    assert "* policy" in run("versions", "list").out
    assert run("versions", "show", "mine").data["versions"] == {"policy": added["digest"]}
    assert run("versions", "rollback").out.startswith("No release is active")
    assert [item["how"] for item in run("versions", "list", "--json").data["history"]] == ["rollback", "activate"]
    assert_error(run("versions", "rollback"), 1, "nothing to roll back")
    assert_error(run("versions", "activate", "autumn"), 1, "'autumn'")
    assert_error(run("versions", "activate", "ranking"), 1, "cannot be activated")


def test_over_http(client: TestClient) -> None:
    identity = client.post("/v1/ask", json={"question": QUESTION, "as": "maria"}).json()["id"]
    read = client.get(f"/v1/answers/{identity}", params={"as": "maria"})
    assert (read.status_code, read.json()["id"]) == (200, identity)
    assert client.get(f"/v1/answers/{identity}").status_code == 200
    refused = client.get(f"/v1/answers/{identity}", params={"as": "omar"})
    assert (refused.status_code, refused.headers["content-type"]) == (404, "application/problem+json")
    assert [item["id"] for item in client.get("/v1/answers", params={"as": "maria"}).json()["answers"]] == [identity]
    assert client.get("/v1/answers", params={"as": "omar"}).json() == {"answers": []}
    turtle = client.get(f"/v1/answers/{identity}/provenance")
    assert turtle.headers["content-type"].startswith("text/turtle")
    for asked in ({"params": {"format": "json-ld"}}, {"headers": {"Accept": "application/ld+json"}}):
        linked = client.get(f"/v1/answers/{identity}/provenance", **asked)  # type: ignore[arg-type]
        assert linked.headers["content-type"].startswith("application/ld+json")
        one, other = (
            Graph().parse(data=text, format=form) for text, form in ((turtle.text, "turtle"), (linked.text, "json-ld"))
        )
        assert set(one) == set(other)
    replay = client.post(f"/v1/answers/{identity}/replay", json={"as": "maria"})
    assert (replay.status_code, replay.json()["verdict"]) == (200, "The same.")
    assert client.post(f"/v1/answers/{identity}/replay").json()["same"] is True
    assert client.post(f"/v1/answers/{identity}/replay", json={"as": "omar"}).status_code == 404
    service: Service = client.app.state.service  # type: ignore[attr-defined]
    service.remove(service.find_document("atlas.md"))
    for answer in (client.get(f"/v1/answers/{identity}"), client.post(f"/v1/answers/{identity}/replay")):
        assert answer.status_code == 410
