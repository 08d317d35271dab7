"""Privacy from the command line and over HTTP: what is found, exported, erased, and how long it is kept."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doors import Run, assert_error
from fastapi.testclient import TestClient

from api.http import create_app
from api.service import Service, open_service
from api.settings import load_settings
from governance.identity.users import Users

NAME = "Thessaly Quorndale"
MEMO = f"""# Quorum

{NAME} owns Sirius. T. Quorndale can be reached at t.quorndale@nordwind.example or +47 22 33 44 55.
Sirius is hosted by Sund Data AB.
"""


def held_bytes(folder: Path) -> list[str]:
    """The files beside the documents that hold a part of the name."""
    files = [path for path in folder.rglob("*") if path.is_file() and "docs" not in path.relative_to(folder).parts]
    assert files
    return [
        path.name for path in files if any(part in path.read_bytes().lower() for part in (b"quorndale", b"thessaly"))
    ]


@pytest.fixture
def told(place: Path, run: Run) -> Path:
    """The place with a document that names a person, ingested and asked about."""
    (place / "docs" / "quorndale-memo.md").write_text(MEMO)
    assert run("ingest", "docs").code == 0
    assert NAME in run("ask", "Who owns Sirius?").out
    return place


def test_nothing_of_a_name_is_left_after_erase(told: Path, run: Run) -> None:
    assert held_bytes(told), "the name was there"
    done = run("privacy", "erase", NAME, "--reason", f"{NAME} asked for it", "--yes", "--json")
    assert done.code == 0, done
    assert done.data["remaining"] == []
    assert done.data["counts"]["answers"] == 1
    assert held_bytes(told) == []
    assert run("audit", "verify").code == 0
    assert "abstained" in run("ask", f"Who is {NAME}?", "--json").out
    assert run("ask", "Who hosts Sirius?").out.startswith("Sirius is hosted by Sund Data AB")
    [erasure] = run("privacy", "erasures", "--json").data["erasures"]
    assert (erasure["state"], erasure["by"]) == ("done", "owner")


def test_the_same_file_does_not_bring_the_name_back(told: Path, run: Run) -> None:
    run("privacy", "erase", NAME, "--reason", "asked for", "--yes")
    (told / "docs" / "quorndale-memo.md").write_text(MEMO + f"\n{NAME} also owns Vega.\n")
    again = run("ingest", "docs", "--json")
    assert (again.code, again.data["changed"], again.data["added"]) == (0, 1, 0), again
    assert held_bytes(told) == []
    with open_service(load_settings()) as service:
        [row] = [row for row in service.documents() if row["title"] == "Quorum"]
        text = service.show(row["id"], text=True)["text"]
        assert "also owns Vega" in text
        assert len(text) == len((told / "docs" / "quorndale-memo.md").read_text())


def test_who_is_not_sure_erases_nothing(told: Path, run: Run) -> None:
    asked = run("privacy", "erase", NAME, "--reason", "asked for")
    assert asked.code == 1
    assert f"Names: {NAME}" in asked.err or NAME in asked.err
    assert "1 documents" in asked.err
    assert NAME in run("ask", "Who owns Sirius?").out


def test_export_writes_all_that_is_held(told: Path, run: Run) -> None:
    assert run("privacy", "export", NAME, "held.json").code == 0
    held = json.loads((told / "held.json").read_text())
    assert stat.S_IMODE((told / "held.json").stat().st_mode) == 0o600
    assert NAME in held["names"]
    graph = held["held"]["graph"]
    assert any(fact["predicate"] == "OWNS" for item in graph for fact in item.get("facts", []))
    assert [item["document"]["title"] for item in graph if "document" in item] == ["Quorum"]
    assert len(held["held"]["answers"]) == 1
    assert_error(run("privacy", "export", NAME, "held.json"), 2, "held.json")
    assert_error(run("privacy", "export", "Nobody Atall", "other.json"), 1, "Nobody Atall")


def test_scan_lists_kinds_with_their_places(told: Path, run: Run) -> None:
    found = run("privacy", "scan", "quorndale-memo.md", "--json").data["found"]
    kinds = {item["kind"]: item for item in found}
    assert kinds["EMAIL"]["text"] == "t.quorndale@nordwind.example"
    assert kinds["PHONE"]["text"] == "+47 22 33 44 55"
    assert {item["text"] for item in found if item["kind"] == "PERSON"} >= {NAME}
    assert all(MEMO[item["start"] : item["end"]] == item["text"] for item in found)
    assert len(run("privacy", "scan", "--json").data["found"]) > len(found)


def test_policies_and_what_they_let_expire(told: Path, run: Run) -> None:
    assert_error(run("privacy", "policy", "set", "default", "--purpose", "audits", "--retention", "0"), 2, "0 days")
    done = run("privacy", "policy", "set", "default", "--purpose", "audits", "--retention", "30", "--basis", "contract")
    assert done.out == "default: audits; 30 days; contract\n"
    assert run("privacy", "policy", "list", "--json").data["policies"][0]["retention_days"] == 30
    assert "No document" in run("privacy", "expire").out
    with open_service(load_settings()) as service:
        aged(service)
    assert run("privacy", "expire", "--dry-run", "--json").data["removed"] == []
    assert len(run("privacy", "expire", "--json").data["removed"]) == 3
    assert run("documents", "--json").data["documents"] == []
    assert held_bytes(told) == ["operations.sqlite"] or held_bytes(told) == [], "questions are kept, documents are not"


def aged(service: Service) -> None:
    """Make all documents old."""
    for row in service.documents():
        held: dict[str, Any] = dict(service.store.run("held_document", document_id=row["id"]).rows[0])
        text = held.pop("text")
        from kg.store import Step

        document = {**held, "ingested_at": "2020-01-01T00:00:00+00:00"}
        service.store.write([Step("write_document", {"document": document, "text": text})], {})


@pytest.fixture
def client(told: Path) -> Iterator[TestClient]:
    with (
        open_service(load_settings()) as service,
        TestClient(create_app(service), base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as opened,
    ):
        yield opened


def test_http_scans_exports_and_erases(client: TestClient) -> None:
    found = client.get("/v1/privacy/scan", params={"limit": 2}).json()
    assert (len(found["found"]), found["truncated"]) == (2, True)
    assert NAME in client.post("/v1/privacy/export", json={"name": NAME}).json()["names"]
    asked = {"name": NAME, "reason": "asked for"}
    told = client.post("/v1/privacy/erase", json=asked).json()
    assert (told["confirmed"], len(told["documents"])) == (False, 1)
    assert client.post("/v1/ask", json={"question": f"What does {NAME} own?"}).json()["status"] == "answered"
    done = client.post("/v1/privacy/erase", json={**asked, "confirm": True}).json()
    assert (done["confirmed"], done["remaining"]) == (True, [])
    assert client.post("/v1/ask", json={"question": f"What does {NAME} own?"}).json()["status"] == "abstained"
    nobody = client.post("/v1/privacy/export", json={"name": "Nobody Atall"})
    assert (nobody.status_code, nobody.headers["content-type"]) == (404, "application/problem+json")


def test_only_who_may_erase_comes_in(client: TestClient) -> None:
    users = Users(client.app.state.service.database)  # type: ignore[attr-defined]
    users.add("lars", "a long password of lars", [], ["steward"])
    users.add("ada", "a long password of ada", [], ["admin"])
    for name, status in (("lars", 403), ("ada", 200)):
        answer = client.get("/v1/privacy/scan", auth=(name, f"a long password of {name}"))
        assert answer.status_code == status, answer.text
    refused = client.post(
        "/v1/privacy/erase",
        json={"name": NAME, "reason": "spite", "confirm": True},
        auth=("lars", "a long password of lars"),
    )
    assert refused.status_code == 403
