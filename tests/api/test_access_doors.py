"""Who may come in by HTTP and MCP over HTTP, what they may do there, and what they see."""

import base64
import csv
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from doors import ATLAS, BORA, Run, assert_error, start
from fastapi.testclient import TestClient
from token_issuer import AUDIENCE, Issuer, new_key, running_issuer

import governance.access
from api.access import HALF_OPEN, OPEN
from api.http import create_app
from api.service import Service, open_service
from api.settings import load_settings
from extraction.report import IngestReport
from extraction.sources import Source
from governance.identity.keys import ApiKeys
from governance.identity.principal import Principal
from governance.identity.users import Users

PASSWORD = "correct horse battery"
POLICY = Path(governance.access.__file__).parent / "policy.csv"
ROLES = ["reader", "analyst", "reviewer", "steward", "admin"]
MCP_HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


def read_policy() -> dict[str, set[str]]:
    """What each role may do by the shipped policy file, read here by itself."""
    lines = [line for line in POLICY.read_text().splitlines() if line and not line.startswith("#")]
    rows = [[field.strip() for field in row] for row in csv.reader(lines)]
    above = {role: {other for kind, one, other in rows if kind == "g" and one == role} for role in ROLES}

    def all_of(role: str) -> set[str]:
        own = {permission for kind, one, permission in rows if kind == "p" and one == role}
        return own.union(*(all_of(other) for other in above[role]))

    return {role: all_of(role) for role in ROLES}


class Told:
    """What was told to the hooks."""

    def __init__(self) -> None:
        self.refusals: list[tuple[Principal | None, str, str, str]] = []
        self.sign_ins: list[tuple[str, str]] = []

    def refusal(self, principal: Principal | None, action: str, target: str, reason: str) -> None:
        self.refusals.append((principal, action, target, reason))

    def sign_in(self, principal: Principal, address: str) -> None:
        self.sign_ins.append((principal.user, principal.how))


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running_issuer() as running:
        yield running


@pytest.fixture
def service(place: Path, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """An issuer is set up; atlas.md is for legal only, and lars of the settings is in legal."""
    monkeypatch.setenv("EVIGRAPH_EXTRACTOR", "rules")
    monkeypatch.setenv("EVIGRAPH_OIDC_ISSUER", issuer.url)
    monkeypatch.setenv("EVIGRAPH_OIDC_AUDIENCE", AUDIENCE)
    monkeypatch.setenv("EVIGRAPH_USERS", '{"lars": ["legal"]}')
    with open_service(load_settings()) as opened:
        for name, text, access in (("atlas.md", ATLAS, ["legal"]), ("bora.md", BORA, [])):
            source = Source(f"upload:{name}", name, data=text.encode())
            opened.ingest([source], IngestReport(), corpus="default", access=access)
        yield opened


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def client(service: Service, told: Told) -> Iterator[TestClient]:
    app = create_app(service)
    app.state.on_refusal, app.state.on_sign_in = told.refusal, told.sign_in
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def caller(issuer: Issuer) -> Callable[..., dict[str, str]]:
    """The header of somebody with a role and groups."""

    def header(role: str, *groups: str, user: str = "maria") -> dict[str, str]:
        return bearer(issuer.token(sub=user, roles=[role], groups=list(groups)))

    return header


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def assert_refused(response: httpx.Response, status: int) -> str:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    return str(body["detail"])


def operations(client: TestClient) -> list[tuple[str, str, str | None]]:
    """Method, path and permission of all that the API's description holds."""
    paths = client.get("/openapi.json").json()["paths"]
    return [
        (method.upper(), path, operation.get("x-permission"))
        for path, item in paths.items()
        for method, operation in item.items()
    ]


def call(client: TestClient, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
    """Call an operation with something at each place; whether that makes sense is not what is asked here."""
    filled = re.sub(r"\{\w+\}", "nothing", path)
    body = None if method in ("GET", "DELETE") else {}
    return client.request(method, filled, headers=headers, json=body)


def test_every_operation_says_what_it_takes(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert set(described["components"]["securitySchemes"]) == {"bearer", "basic"}
    known = set().union(*read_policy().values())
    found = operations(client)
    assert len(found) > 15
    for method, path, permission in found:
        if path in OPEN | HALF_OPEN:
            assert permission is None
        else:
            assert permission in known, f"{method} {path} declares no permission"
            assert described["paths"][path][method.lower()]["security"] == [{"bearer": []}, {"basic": []}]
    assert {"/healthz", "/readyz", "/openapi.json"} == OPEN | HALF_OPEN


def test_every_operation_needs_credentials(client: TestClient, told: Told) -> None:
    for method, path, permission in operations(client):
        response = call(client, method, path, {})
        if permission is None:
            assert response.status_code == 200
        else:
            assert_refused(response, 401)
            assert told.refusals[-1][:2] == (None, "sign-in")
    assert_refused(client.get("/nowhere"), 401)
    assert_refused(client.get("/healthz/"), 401)


@pytest.mark.parametrize("role", [*ROLES, "unknown"])
def test_every_operation_for_every_role(
    client: TestClient, caller: Callable[..., dict[str, str]], told: Told, role: str
) -> None:
    may = read_policy().get(role, set())
    for method, path, permission in operations(client):
        response = call(client, method, path, caller(role, "everyone"))
        if permission is None or permission in may:
            assert response.status_code not in (401, 403), f"{method} {path}: {response.text}"
        else:
            assert permission in assert_refused(response, 403)
            who, action, target, reason = told.refusals[-1]
            assert who is not None and (who.user, action) == ("maria", permission)
            assert target == re.sub(r"\{\w+\}", "nothing", path) and permission in reason


def tokens_that_are_refused(issuer: Issuer) -> dict[str, str]:
    now = int(time.time())
    old = issuer.token()
    issuer.private["rs256-2"] = ("RS256", new_key("RS256"))
    issuer.published = ["rs256-2", "es256-1"]
    return {
        "expired": issuer.token("rs256-2", exp=now - 60),
        "not yet valid": issuer.token("rs256-2", nbf=now + 120),
        "wrong audience": issuer.token("rs256-2", aud="other"),
        "wrong issuer": issuer.token("es256-1", iss="http://evil.example"),
        "alg none": issuer.unsigned(),
        "key confusion": issuer.confused(),
        "unknown kid": issuer.token("rs256-2", named="other"),
        "replayed after rotation": old,
        "garbage": "garbage",
    }


def test_tokens(client: TestClient, issuer: Issuer, told: Told) -> None:
    assert client.get("/v1/documents", headers=bearer(issuer.token())).status_code == 200
    for name, token in tokens_that_are_refused(issuer).items():
        response = client.get("/v1/documents", headers=bearer(token))
        detail = assert_refused(response, 401)
        # The same sentence whatever was wrong; the reason is told to the hook alone.
        assert detail.startswith("Sign in with a valid token"), name
        assert response.headers["www-authenticate"].startswith("Bearer ")
        assert "Basic " in response.headers["www-authenticate"]
        assert told.refusals[-1][:3] == (None, "sign-in", "/v1/documents") and told.refusals[-1][3], name
    assert len(told.refusals) == 9
    for kid in ("rs256-2", "es256-1"):
        assert client.get("/v1/documents", headers=bearer(issuer.token(kid))).status_code == 200
    assert told.sign_ins == [("maria", "token")] * 3


def test_an_issuer_that_is_down(client: TestClient, issuer: Issuer, caller: Callable[..., dict[str, str]]) -> None:
    issuer.down = True
    assert "issuer" in assert_refused(client.get("/v1/documents", headers=caller("reader")), 503)


def titles(client: TestClient, headers: dict[str, str]) -> list[str]:
    return [row["title"] for row in client.get("/v1/documents", headers=headers).json()["documents"]]


def test_what_one_may_not_see_does_not_exist(client: TestClient, caller: Callable[..., dict[str, str]]) -> None:
    legal, other = caller("steward", "legal"), caller("steward", "hr")
    assert titles(client, legal) == ["Atlas Handbook", "Bora Note"]
    assert titles(client, other) == ["Bora Note"]
    assert client.get("/readyz", headers=legal).json()["documents"] == 2
    assert client.get("/readyz", headers=other).json()["documents"] == 1
    assert client.get("/readyz").json() == {"status": "ready"}
    rows = client.get("/v1/documents", headers=legal).json()["documents"]
    atlas = next(row["id"] for row in rows if row["title"] == "Atlas Handbook")
    [entity] = client.get("/v1/entities", params={"q": "Nordwind AB"}, headers=legal).json()["entities"]
    assert client.get("/v1/entities", params={"q": "Nordwind AB"}, headers=other).json()["entities"] == []
    hidden = [
        ("GET", f"/v1/documents/{atlas}", None),
        ("GET", f"/v1/documents/{atlas}?text=true&facts=true", None),
        ("DELETE", f"/v1/documents/{atlas}", None),
        ("GET", f"/v1/entities/{entity['id']}", None),
        ("GET", f"/v1/entities/{entity['id']}/neighbours", None),
        ("GET", "/v1/paths?from=Sven%20Falk&to=Nordwind%20AB", None),
        ("POST", f"/v1/entities/{entity['id']}/merge", {"into": "Bora"}),
        ("POST", f"/v1/entities/{entity['id']}/split", {"name": "Nordwind AB"}),
    ]
    for method, path, body in hidden:
        there = client.request(method, path, json=body, headers=other)
        nowhere = client.request(
            method,
            path.replace(atlas, "d_0").replace(entity["id"], "e_0").replace("Nordwind", "Zanzibar"),
            json=None if body is None else {key: text.replace("Nordwind", "Zanzibar") for key, text in body.items()},
            headers=other,
        )
        told = assert_refused(there, 404)
        expected = assert_refused(nowhere, 404)
        assert told.replace(atlas, "d_0").replace(entity["id"], "e_0").replace("Nordwind", "Zanzibar") == expected
    assert client.get(f"/v1/documents/{atlas}?text=true", headers=legal).json()["text"] == ATLAS
    found = client.post("/v1/search", json={"query": "Who owns Atlas?"}, headers=other).json()["passages"]
    assert "Atlas" not in str(found)
    assert client.post("/v1/ask", json={"question": "Who owns Atlas?"}, headers=other).json()["status"] == "abstained"
    rows = client.post("/v1/queries/most_connected", json={}, headers=other).json()["rows"]
    assert rows and "Nordwind" not in str(rows)
    assert client.delete(f"/v1/documents/{atlas}", headers=legal).status_code == 204


def test_an_admin_sees_by_group_too(client: TestClient, caller: Callable[..., dict[str, str]]) -> None:
    assert titles(client, caller("admin")) == ["Bora Note"]
    assert titles(client, caller("reader", "*")) == ["Atlas Handbook", "Bora Note"]
    statement = {"cypher": "MATCH (d:Document) RETURN count(d) AS n"}
    assert "group *" in assert_refused(client.post("/v1/cypher", json=statement, headers=caller("admin", "legal")), 403)
    assert client.post("/v1/cypher", json=statement, headers=caller("analyst", "*")).json()["rows"] == [{"n": 2}]


def test_asking_as_another_user_takes_an_admin(
    client: TestClient, caller: Callable[..., dict[str, str]], told: Told
) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "/v1/ask": {"question": "Who owns Atlas?"},
        "/v1/search": {"query": "Who owns Atlas?"},
        "/v1/queries/facts_as_object": {"name": "Atlas"},
    }
    for path, body in bodies.items():
        assert "Maria Lind" not in client.post(path, json=body, headers=caller("admin")).text
        seen = client.post(path, json={**body, "as": "lars"}, headers=caller("admin"))
        assert seen.status_code == 200 and "Maria Lind" in seen.text
        for user in ("lars", "nobody", "maria"):
            refused = client.post(path, json={**body, "as": user}, headers=caller("steward", "legal"))
            assert "act_as" in assert_refused(refused, 403)
        assert told.refusals[-1][2] == path
        assert "no user 'nobody'" in assert_refused(
            client.post(path, json={**body, "as": "nobody"}, headers=caller("admin")), 422
        )


def test_uploads_stay_within_ones_groups(client: TestClient, caller: Callable[..., dict[str, str]], told: Told) -> None:
    def upload(headers: dict[str, str], name: str, *access: str) -> httpx.Response:
        body = {"name": name, "text": "# Note\n\nGreta Holm owns Tarn.\n", "access": list(access)}
        return client.post("/v1/documents", json=body, headers=headers)

    hr = caller("steward", "hr")
    assert upload(hr, "note.md", "hr").status_code == 201
    assert upload(hr, "open.md").status_code == 201
    assert upload(hr, "all.md", "everyone").status_code == 201
    for access in (["legal"], ["hr", "legal"], ["*"]):
        assert "You are not in the group" in assert_refused(upload(hr, "more.md", *access), 403)
    assert told.refusals[-1][1:3] == ("ingest", "/v1/documents")
    # A document that one may not see is not replaced by one of the same name.
    assert "give it another name" in assert_refused(upload(hr, "atlas.md"), 403)
    form = {"files": [("files", ("atlas.md", b"# Other\n\nText.\n"))]}
    assert_refused(client.post("/v1/documents", headers=hr, **form), 403)
    assert titles(client, hr) == ["Bora Note", "Note", "Note", "Note"]
    assert "Atlas Handbook" in titles(client, caller("reader", "legal"))
    assert upload(caller("steward", "legal"), "atlas.md", "legal").status_code == 200


def test_nothing_is_read_of_who_may_not_upload(client: TestClient, caller: Callable[..., dict[str, str]]) -> None:
    taken = 0

    def chunks() -> Iterator[bytes]:
        nonlocal taken
        for _ in range(40):
            taken += 1
            yield b"x" * 100_000

    headers = {"content-type": "multipart/form-data; boundary=b"}
    assert_refused(client.post("/v1/documents", content=chunks(), headers=headers), 401)
    assert_refused(client.post("/v1/documents", content=chunks(), headers={**headers, **caller("reader")}), 403)


def test_merges_are_on_ones_own_word(client: TestClient, caller: Callable[..., dict[str, str]]) -> None:
    legal = caller("steward", "legal")
    [sven] = client.get("/v1/entities", params={"q": "Sven Falk"}, headers=legal).json()["entities"]
    merged = client.post(f"/v1/entities/{sven['id']}/merge", json={"into": "Maria Lind"}, headers=legal).json()
    assert [item["decided_by"] for item in merged["merges"]] == ["maria"]


def test_keys_and_passwords(client: TestClient, service: Service, told: Told) -> None:
    Users(service.database).add("lars", PASSWORD, ["legal"], ["steward"])
    key, secret = ApiKeys(service.database).create("lars", ["search"])
    assert titles(client, basic("lars", PASSWORD)) == ["Atlas Handbook", "Bora Note"]
    found = client.post("/v1/search", json={"query": "Who owns Atlas?"}, headers=bearer(secret))
    assert "Maria Lind" in found.text
    assert_refused(client.get("/v1/documents", headers=bearer(secret)), 403)
    assert told.sign_ins == [("lars", "password"), ("lars", "key")]
    ApiKeys(service.database).revoke(key.id)
    assert_refused(client.post("/v1/search", json={"query": "Atlas"}, headers=bearer(secret)), 401)
    assert "revoked" in told.refusals[-1][3]
    for _ in range(5):
        assert_refused(client.get("/v1/documents", headers=basic("lars", "wrong one")), 401)
    throttled = client.get("/v1/documents", headers=basic("lars", PASSWORD))
    assert "too many wrong passwords" in assert_refused(throttled, 429)
    assert int(throttled.headers["retry-after"]) > 200


def test_a_wrong_header_is_refused_where_none_is_needed(client: TestClient) -> None:
    assert_refused(client.get("/readyz", headers=bearer("garbage")), 401)
    assert client.get("/healthz", headers=bearer("garbage")).status_code == 200


def test_sign_in_begins_with_the_first_user(place: Path) -> None:
    with (
        open_service(load_settings()) as service,
        TestClient(create_app(service), base_url="http://127.0.0.1") as client,
        TestClient(create_app(service, only_here=False), base_url="http://127.0.0.1") as reached,
    ):
        assert_refused(reached.get("/v1/documents"), 401)
        assert client.get("/v1/documents").status_code == 200
        assert client.get("/v1/documents", headers=bearer("garbage")).status_code == 200
        Users(service.database).add("maria", PASSWORD, [], ["reader"])
        assert_refused(client.get("/v1/documents"), 401)
        assert client.get("/v1/documents", headers=basic("maria", PASSWORD)).status_code == 200
        Users(service.database).remove("maria")
        assert client.get("/v1/documents").status_code == 200
        assert_refused(reached.get("/v1/documents"), 401)


def test_other_names_of_the_server(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIGRAPH_HOSTS", '["Evigraph.example"]')
    with open_service(load_settings()) as service, TestClient(create_app(service)) as client:
        for host in ("evigraph.example", "EVIGRAPH.example:8000", "127.0.0.1"):
            assert client.get("/healthz", headers={"host": host}).status_code == 200
            # By another name it is reached from elsewhere, so nobody is the owner.
            assert_refused(client.get("/v1/documents", headers={"host": host}), 401)
        for origin, status in (
            ("https://evigraph.example", 200),
            ("http://evigraph.example", 200),
            ("https://evil.example", 403),
            ("https://127.0.0.1", 403),
        ):
            headers = {"host": "evigraph.example", "origin": origin}
            assert client.get("/healthz", headers=headers).status_code == status
        for host in ("evil.example", "www.evigraph.example", "evigraph.example.evil.example"):
            assert "EVIGRAPH_HOSTS" in assert_refused(client.get("/healthz", headers={"host": host}), 421)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"EVIGRAPH_HOSTS": '["evigraph.example"]'}, ["no name of EVIGRAPH_HOSTS", "evigraph users add"]),
        ({"EVIGRAPH_OIDC_AUDIENCE": "evigraph"}, ["EVIGRAPH_OIDC_ISSUER is not set"]),
        ({"EVIGRAPH_OIDC_ISSUER": "https://issuer.example"}, ["EVIGRAPH_OIDC_AUDIENCE is not set"]),
        ({"EVIGRAPH_ACCESS_POLICY": "nowhere.csv"}, ["access policy nowhere.csv", "cannot be read"]),
        ({"EVIGRAPH_HOSTS": "evigraph.example"}, ["EVIGRAPH_HOSTS is not JSON"]),
    ],
)
@pytest.mark.parametrize("command", [["serve"], ["mcp", "--http"]])
def test_what_is_not_served(
    run: Run, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], words: list[str], command: list[str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    outcome = run(*command, "--port", "0")
    assert_error(outcome, 2, *words)


def first_address(process: Any) -> str:
    """Where a server says that it serves; notes may come before."""
    for line in process.stderr:
        address = re.search(r"http://\S+", line)
        if address:
            return address[0]
    raise AssertionError("the server said nothing")


def test_serving_other_machines(run: Run) -> None:
    assert_error(run("serve", "--host", "0.0.0.0"), 2, "Only 127.0.0.1 is served while there is no sign-in")  # noqa: S104
    added = run("users", "add", "robot", "--no-password", "--role", "reader")
    assert added.code == 0, added
    secret = run("keys", "create", "--user", "robot").out.strip()
    process = start("serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104
    try:
        assert process.stderr is not None
        assert "TLS" in process.stderr.readline()
        url = first_address(process).replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                refused = httpx.get(f"{url}/v1/documents")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        assert refused.status_code == 401
        assert httpx.get(f"{url}/v1/documents", headers=bearer(secret)).json() == {"documents": []}
        assert httpx.get(f"{url}/healthz", headers={"host": "192.0.2.7"}).status_code == 421
    finally:
        process.kill()
        process.communicate()


def test_mcp_over_http(run: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIGRAPH_USERS", '{"lars": ["legal"]}')
    for name, groups, role in (("maria", "legal", "analyst"), ("omar", "hr", "reader")):
        assert run("users", "add", name, "--no-password", "--role", role, "--group", groups).code == 0
    assert run("ingest", place / "docs" / "atlas.md", "--access", "legal").code == 0
    secrets = {name: run("keys", "create", "--user", name).out.strip() for name in ("maria", "omar")}
    assert_error(run("mcp", "--http", "--port", "0", "--as", "lars"), 2, "leave --as out")
    process = start("mcp", "--http", "--port", "0")
    try:
        url = first_address(process)

        def tool(name: str, arguments: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
            params = {"name": name, "arguments": arguments}
            body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
            return httpx.post(url, json=body, headers={**MCP_HEADERS, **headers}, timeout=60)

        for headers in ({}, bearer("garbage"), bearer("evk_0_0")):
            refused = tool("search", {"query": "Atlas"}, headers)
            assert_refused(refused, 401)
            assert "Bearer" in refused.headers["www-authenticate"]
        maria, omar = (bearer(secrets[name]) for name in ("maria", "omar"))
        assert "Maria Lind" in tool("search", {"query": "Who owns Atlas?"}, maria).text
        seen = tool("search", {"query": "Who owns Atlas?"}, omar)
        assert seen.status_code == 200 and "Maria Lind" not in seen.text and 'isError":true' not in seen.text
        assert "Maria Lind" in tool("entity", {"name": "Atlas"}, maria).text
        assert "no entity named" in tool("entity", {"name": "Atlas"}, omar).text
        assert (
            "Maria Lind" in tool("run_query", {"name": "facts_as_object", "parameters": {"name": "Atlas"}}, maria).text
        )
        refused = tool("run_query", {"name": "most_connected"}, omar)
        assert "permission run_query" in refused.text
        resource = {"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": "evigraph://queries"}}
        assert "impact" in httpx.post(url, json=resource, headers={**MCP_HEADERS, **maria}).text
        assert "permission run_query" in httpx.post(url, json=resource, headers={**MCP_HEADERS, **omar}).text
    finally:
        process.kill()
        process.communicate()
