"""`--as-of` and `as_of` at the doors: two days give two answers, and what is no day is told in one sentence."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from doors import Run, assert_error
from fastapi.testclient import TestClient

from api.http import create_app
from api.service import open_service
from api.settings import load_settings

HOSTS = """# Hosts

Until 31 December 2024 Atlas is hosted by Nordwind AB.

Since 1 January 2025 Atlas is hosted by Sund AB.
"""
OLD = "# Old rules\n\nVersion 1, valid until 31 December 2024.\n\nPasswords have 8 characters.\n"
DAYS = {"2024-06-15": "Nordwind AB", "2025-06-15": "Sund AB"}


@pytest.fixture
def ingested(place: Path, run: Run) -> Run:
    (place / "hosts.md").write_text(HOSTS)
    (place / "old.md").write_text(OLD)
    assert run("ingest", "hosts.md", "old.md").code == 0
    return run


@pytest.fixture
def client(ingested: Run) -> Iterator[TestClient]:
    with open_service(load_settings()) as service:
        yield TestClient(create_app(service), base_url="http://127.0.0.1")


def test_the_command_line(ingested: Run) -> None:
    for day, host in DAYS.items():
        answer = ingested("ask", "Who hosts Atlas?", "--as-of", day, "--json").data
        assert [fact["object"] for fact in answer["facts"]] == [host]
        found = ingested("search", "passwords characters", "--as-of", day, "--json").data["passages"]
        assert ("Old rules" in {item["document"]["title"] for item in found}) is (day == "2024-06-15")
    shown = ingested("show", "old.md")
    assert "in force until 2024-12-31" in shown.out


@pytest.mark.parametrize("day", ["2025-02-30", "tomorrow", "20250301", "", "2025-3-1"])
def test_what_is_no_day(ingested: Run, day: str) -> None:
    for command in ("ask", "search"):
        assert_error(ingested(command, "Who hosts Atlas?", "--as-of", day), 2, repr(day), "YYYY-MM-DD")


def test_http(client: TestClient) -> None:
    for day, host in DAYS.items():
        answer = client.post("/v1/ask", json={"question": "Who hosts Atlas?", "as_of": day}).json()
        assert [fact["object"] for fact in answer["facts"]] == [host]
        found = client.post("/v1/search", json={"query": "passwords characters", "as_of": day}).json()["passages"]
        assert ("Old rules" in {item["document"]["title"] for item in found}) is (day == "2024-06-15")
        (atlas,) = [
            row
            for row in client.get("/v1/entities", params={"q": "Atlas"}).json()["entities"]
            if row["name"] == "Atlas"
        ]
        near = client.get(f"/v1/entities/{atlas['id']}/neighbours", params={"as_of": day}).json()["facts"]
        assert [fact["object"] for fact in near] == [host]
        ways = [
            client.get("/v1/paths", params={"from": "Atlas", "to": to, "as_of": day}).json() for to in DAYS.values()
        ]
        assert [len(way["paths"]) for way in ways] == [int(host == "Nordwind AB"), int(host == "Sund AB")]


def test_http_tells_what_is_no_day(client: TestClient) -> None:
    bad = {"as_of": "2025-02-30"}
    answers = [
        client.post("/v1/ask", json={"question": "Who hosts Atlas?", **bad}),
        client.post("/v1/search", json={"query": "Atlas", **bad}),
        client.get("/v1/paths", params={"from": "Atlas", "to": "Sund AB", **bad}),
    ]
    for answer in answers:
        assert answer.status_code == 422
        assert "YYYY-MM-DD" in answer.json()["detail"]
