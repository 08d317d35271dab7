"""The review queue and the feature flags at the doors: command line and HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from doors import ATLAS, BORA, Run, assert_error
from fastapi.testclient import TestClient

from api.asking import Manner
from api.http import create_app
from api.reviewing import review_queue
from api.service import Service, open_service
from api.settings import load_settings
from extraction.report import IngestReport
from extraction.sources import Source
from governance.flags.model import SHIPPED as SHIPPED_FLAGS
from governance.identity.keys import ApiKeys
from governance.identity.principal import Principal
from governance.identity.users import Users
from governance.review.policy import SHIPPED
from qa.evaluate import read_questions

PEOPLE = {
    "anna": (["everyone"], ["reader"]),
    "rita": (["everyone"], ["reviewer"]),
    "lars": (["legal"], ["reviewer"]),
    "ada": (["everyone"], ["admin"]),
}
Door = Callable[..., Any]


@pytest.fixture
def doubting(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly every fact is uncertain, and files are read by rules alone."""
    (place / "review.toml").write_text(SHIPPED.read_text().replace("below = 0.5", "below = 1.0"))
    monkeypatch.setenv("EVIGRAPH_REVIEW_POLICY", str(place / "review.toml"))
    monkeypatch.setenv("EVIGRAPH_EXTRACTOR", "rules")


@pytest.fixture
def service(place: Path, doubting: None) -> Iterator[Service]:
    """atlas.md is for legal only."""
    with open_service(load_settings()) as opened:
        for name, text, access in (("atlas.md", ATLAS, ["legal"]), ("bora.md", BORA, [])):
            source = Source(f"upload:{name}", name, data=text.encode())
            opened.ingest([source], IngestReport(), corpus="default", access=access)
        yield opened


@pytest.fixture
def door(service: Service) -> Iterator[Door]:
    """Asks as one of PEOPLE, by an API key: the status and the body."""
    users, keys, secrets = Users(service.database), ApiKeys(service.database), {}
    for name, (groups, roles) in PEOPLE.items():
        users.add(name, None, groups, roles)
        _, secrets[name] = keys.create(name)
    with TestClient(create_app(service), base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:

        def ask(who: str, method: str, path: str, **body: Any) -> tuple[int, Any]:
            headers = {"Authorization": f"Bearer {secrets[who]}"}
            response = client.request(method, path, headers=headers, json=body or None)
            return response.status_code, response.json()

        yield ask


def consider(service: Service, question: str, *groups: str) -> str:
    """A weak answer, into the queue; the item's id."""
    anna = Principal("anna", frozenset({"reader"}), groups, "key")
    answer = service.ask(question, groups, keep=False).model_copy(update={"groundedness": 0.3})
    told = review_queue(service).consider(answer, Manner(), anna)
    return told.answer.partition("review item ")[2].partition(")")[0]


def test_reviewers_decide_over_http(service: Service, door: Door) -> None:
    open_one, hidden = consider(service, "Who owns Bora?", "everyone"), consider(service, "Who owns Atlas?", "legal")
    status, listed = door("rita", "GET", "/v1/review")
    assert (status, [item["id"] for item in listed["items"]]) == (200, [open_one])
    assert {item["id"] for item in door("lars", "GET", "/v1/review?kind=answer")[1]["items"]} == {open_one, hidden}
    assert door("rita", "GET", f"/v1/review/{hidden}")[0] == 404
    shown = door("rita", "GET", f"/v1/review/{open_one}")[1]
    assert (shown["title"], shown["state"], shown["asker"]) == ("Who owns Bora?", "open", "anna")
    assert "documents" not in shown
    assert door("anna", "GET", "/v1/review")[0] == 403
    assert door("rita", "POST", f"/v1/review/{open_one}/take")[1]["taken_by"] == "rita"
    decision = {"verdict": "correct", "reason": "His name.", "text": "Sven Falk [1]."}
    assert door("lars", "POST", f"/v1/review/{open_one}/decision", **decision)[0] == 409
    assert door("anna", "POST", f"/v1/review/{open_one}/decision", **decision)[0] == 403
    assert door("rita", "POST", f"/v1/review/{open_one}/decision", **{**decision, "reason": ""})[0] == 422
    status, done = door("rita", "POST", f"/v1/review/{open_one}/decision", **decision)
    assert (status, done["state"], done["verdict"], done["text"]) == (200, "done", "correct", "Sven Falk [1].")
    assert door("rita", "GET", "/v1/review")[1]["items"] == []
    assert [item["id"] for item in door("rita", "GET", "/v1/review?done=true")[1]["items"]] == [open_one]


def test_access_is_asked_for_and_given_over_http(service: Service, door: Door) -> None:
    status, wish = door("anna", "POST", "/v1/review/requests", wanted="legal", reason="The contract.")
    assert (status, wish["title"]) == (201, "anna asks for legal")
    assert door("rita", "GET", f"/v1/review/{wish['id']}")[0] == 404
    decision = {"verdict": "approve", "reason": "She does."}
    assert door("ada", "POST", f"/v1/review/{wish['id']}/decision", **decision)[0] == 200
    found = Users(service.database).find("anna")
    assert found is not None and set(found[0].groups) == {"everyone", "legal"}
    role = door("anna", "POST", "/v1/review/requests", wanted="role:reviewer", reason="I help.")[1]
    assert door("ada", "POST", f"/v1/review/{role['id']}/decision", **decision)[0] == 200
    found = Users(service.database).find("anna")
    assert found is not None and set(found[0].roles) == {"reader", "reviewer"}
    odd = door("anna", "POST", "/v1/review/requests", wanted="role:king", reason="I rule.")[1]
    assert door("ada", "POST", f"/v1/review/{odd['id']}/decision", **decision)[0] == 422
    assert door("ada", "GET", f"/v1/review/{odd['id']}")[1]["state"] == "open"


def test_flags_are_managed_over_http(door: Door) -> None:
    assert door("rita", "GET", "/v1/flags")[0] == 403
    listed = door("ada", "GET", "/v1/flags")[1]["flags"]
    assert [flag["key"] for flag in listed] == ["release", "router", "verification.unsupported"]
    change = {"percent": {"learned": 10}, "shadow": "learned", "reason": "a try"}
    assert door("lars", "PUT", "/v1/flags/router", **change)[0] == 403
    status, flag = door("ada", "PUT", "/v1/flags/router", **change)
    assert (status, flag["percent"], flag["shadow"]) == (200, {"learned": 10.0}, "learned")
    shown = door("ada", "GET", "/v1/flags/router")[1]
    assert [(item["who"], item["reason"]) for item in shown["history"]] == [("ada", "a try")]
    assert (shown["source"], shown["compared"], shown["rolled_back"]) == ("database", [], None)
    assert door("ada", "PUT", "/v1/flags/router", default="magic", reason="So.")[0] == 422
    assert door("ada", "PUT", "/v1/flags/taste", default="sweet", reason="So.")[0] == 404


@pytest.fixture
def held(run: Run, doubting: None) -> Run:
    assert run("ingest", "docs").code == 0
    return run


def test_uncertain_facts_are_decided_on_the_command_line(held: Run, place: Path) -> None:
    assert "Nothing waits" in held("review", "list").out
    assert held("review", "gather", "--json").data["gathered"]["facts"] > 2
    items = {item["title"]: item["id"] for item in held("review", "list", "--json").data["items"]}
    owned, hosted = items["Maria Lind OWNS Atlas"], items["Atlas HOSTED_BY Nordwind AB"]
    assert f"{owned}  fact  Maria Lind OWNS Atlas  (due " in held("review", "list").out
    assert "Maria Lind owns Atlas." in held("review", "show", owned).out
    assert held("review", "take", owned, "--json").data["taken_by"] == "owner"
    assert_error(held("review", "decide", owned, "--approve"), 1, "Give a reason")
    assert_error(held("review", "decide", owned, "--approve", "--reject", "--reason", "x"), 2, "Give one of")
    done = held("review", "decide", owned, "--approve", "--reason", "I know her.", "--json").data
    assert (done["state"], done["steps"][-1]["reason"]) == ("done", "I know her.")
    assert (
        "correct: Korvane Cloud AB (It moved.)"
        in held("review", "decide", hosted, "--correct", "Korvane Cloud AB", "--reason", "It moved.").out
    )
    facts = held("ask", "Who hosts Atlas?", "--json").data["facts"]
    assert [fact["object"] for fact in facts] == ["Korvane Cloud AB"]
    assert_error(held("review", "decide", owned, "--reject", "--reason", "x"), 1, "was decided on")
    assert_error(held("review", "show", "none"), 1, "There is no review item 'none'")
    assert held("review", "escalate").out == "0 went on to the next owner.\n"


def test_wishes_and_cases_on_the_command_line(held: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIGRAPH_USERS", '{"maria": ["legal"]}')
    wish = held("review", "request", "board", "--reason", "Minutes.", "--as", "maria", "--json").data
    assert (wish["title"], wish["owner"]) == ("maria asks for board", "role:admin")
    told = held("review", "decide", wish["id"], "--approve", "--reason", "So.")
    assert_error(told, 2, "maria is no local user")
    assert held("review", "decide", wish["id"], "--reject", "--reason", "No.", "--json").data["verdict"] == "reject"
    with open_service(load_settings()) as service:
        identity = consider(service, "Who owns Atlas?", "everyone")
    held("review", "decide", identity, "--approve", "--reason", "So.")
    assert held("review", "export-cases", "cases.jsonl").out == "Wrote 1 cases to cases.jsonl.\n"
    [case] = read_questions(place / "cases.jsonl")
    assert (case.question, case.evidence[0][0][0]) == ("Who owns Atlas?", "atlas.md")
    summary = held("evaluate", "qa", "--questions", "cases.jsonl", "--json").data
    assert (summary["right_evidence"], summary["right_answer"]) == (1.0, 1.0)


def test_flags_on_the_command_line(run: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "router: as the settings say\n" in run("flags", "list").out
    given = ("--default", "policy", "--percent", "learned=10", "--user", "bo=learned", "--group", "legal=learned")
    flag = run("flags", "set", "router", *given, "--shadow", "learned", "--reason", "a try", "--json").data
    assert (flag["default"], flag["percent"], flag["users"]) == ("policy", {"learned": 10.0}, {"bo": "learned"})
    assert run("flags", "show", "router").out.startswith(
        "router: policy; 10% learned; bo: learned; legal: learned; in the shadow learned\n"
    )
    [switched] = run("flags", "history", "--json").data["history"]
    assert (switched["who"], switched["flag"], switched["reason"]) == ("owner", "router", "a try")
    assert "default: '' to 'policy'" in run("flags", "history", "router").out
    assert "Nothing was compared yet" in run("flags", "compare", "router").out
    assert_error(run("flags", "set", "router"), 2, "nothing to set")
    assert_error(run("flags", "set", "router", "--percent", "learned"), 2, "NAME=VALUE")
    assert_error(run("flags", "set", "router", "--percent", "learned=all"), 2, "from 0 to 100")
    assert_error(run("flags", "set", "router", "--default", "magic"), 2, "its variants are policy, learned")
    for command in (("show",), ("compare",), ("history",), ("set", "--default", "x")):
        assert_error(run("flags", command[0], "taste", *command[1:]), 1, "There is no flag 'taste'")
    (place / "flags.toml").write_text(SHIPPED_FLAGS.read_text())
    monkeypatch.setenv("EVIGRAPH_FLAGS", str(place / "flags.toml"))
    assert run("flags", "show", "router", "--json").data["source"] == "file"
    assert_error(run("flags", "set", "router", "--default", "policy"), 2, "change them there")
