"""`evigraph mcp` as assistants use it: the official client, real processes, both transports."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from doors import ATLAS, BORA, ROOT, Run, assert_error
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp_types import CallToolResult

from api.analyst import run_query, runnable
from api.service import Service, open_service
from api.settings import load_settings
from extraction.report import IngestReport
from extraction.sources import Source

DOCUMENTS = {
    "atlas.md": (ATLAS, ["legal"]),
    "deeds.md": ("# Deeds\n\nGreta Holm owns Bora. Greta Holm owns Tarn.\n", ["legal"]),
    "bora.md": (BORA, []),
    "suppliers.md": ("# Suppliers\n\nSund AB owns Tarn.\n", []),
}
#: What only the documents of the group legal say.
SECRETS = ("Maria", "Nordwind", "02:00", "atlas.md", "Handbook", "Greta", "deeds.md")
INITIALIZE = {
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
# The command, with a search that does what libraries do once in a while.
ODD = """
import os, sys, time
from pathlib import Path
from api import cli
from api.service import Service

search = Service.search

def odd(self, words, *others):
    if words == "print":
        print("printed", flush=True)
        os.system("echo echoed")
    if words == "divide":
        1 / 0
    while words == "wait" and not Path("go").exists():
        time.sleep(0.01)
    return search(self, words, *others)

Service.search = odd
sys.argv[0] = "evigraph"
cli.main()
"""


@dataclass(frozen=True, slots=True)
class Door:
    """A server seen through a client, and whose eyes it has; `url` is where it is over HTTP."""

    portal: BlockingPortal
    client: Client
    user: str | None
    url: str

    def call(self, name: str, arguments: dict[str, Any]) -> CallToolResult:
        return self.portal.call(self.client.call_tool, name, arguments)

    def data(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """What a tool gives, which is no error."""
        result = self.call(name, arguments)
        assert not result.is_error, result
        assert result.structured_content is not None
        return result.structured_content

    def tools(self) -> dict[str, Any]:
        return {tool.name: tool for tool in self.portal.call(self.client.list_tools).tools}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The working folder, with a graph that is closed; the servers have copies of it, as one process opens one."""
    folder = tmp_path_factory.mktemp("mcp")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("EVIGRAPH_", "OPENAI_"))]:
            patch.delenv(name)
        patch.setenv("EVIGRAPH_GRAPH", f"embedded:{folder / 'graph'}")
        patch.setenv("EVIGRAPH_DATABASE", f"sqlite:///{folder / 'operations.sqlite'}")
        patch.setenv("EVIGRAPH_EXTRACTOR", "rules")
        patch.setenv("EVIGRAPH_USERS", '{"maria": ["legal"], "omar": []}')
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.chdir(folder)
        with open_service(load_settings()) as service:
            for file, (text, access) in DOCUMENTS.items():
                source = Source(f"test:{file}", file, data=text.encode())
                service.ingest([source], IngestReport(), corpus="test", access=access)
        for copy in ("stdio", "http", "odd"):
            shutil.copytree(folder / "graph", folder / copy)
        yield folder


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    """Where the clients run."""
    with start_blocking_portal() as opened:
        yield opened


@contextmanager
def over_stdio(portal: BlockingPortal, home: Path) -> Iterator[Door]:
    """A client, by the older handshake, of a server that it starts and that has nothing to say beside the protocol."""
    environment = {**os.environ, "EVIGRAPH_GRAPH": f"embedded:{home / 'stdio'}"}
    parameters = StdioServerParameters(command=sys.executable, args=["-m", "api.cli", "mcp"], env=environment)
    with (home / "stdio.err").open("w") as err:
        client = Client(stdio_client(parameters, errlog=err), mode="legacy", read_timeout_seconds=60)
        with portal.wrap_async_context_manager(client):
            yield Door(portal, client, None, "")
    assert (home / "stdio.err").read_text() == ""


@contextmanager
def over_http(portal: BlockingPortal, home: Path, user: str) -> Iterator[Door]:
    """A client of a server over HTTP on behalf of a user; both end well."""
    with piped(home / "http", "-m", "api.cli", "mcp", "--http", "--port", "0", "--as", user) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            url = re.search(r"http://127\.0\.0\.1:\d+/mcp", line)
            assert url, line + process.stderr.read()
            with portal.wrap_async_context_manager(Client(url[0], read_timeout_seconds=60)) as client:
                yield Door(portal, client, user, url[0])
                process.send_signal(signal.SIGTERM)
                out, err = process.communicate(timeout=30)
            assert (process.returncode, out, err.splitlines()[-1]) == (0, "", "Stopped.")
            assert "Traceback" not in err
        finally:
            process.kill()


def piped(graph: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start Python with open pipes, for a server of a graph."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "EVIGRAPH_GRAPH": f"embedded:{graph}"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.fixture(scope="module")
def owner(portal: BlockingPortal, home: Path) -> Iterator[Door]:
    """The owner of the machine, over standard input and output."""
    with over_stdio(portal, home) as door:
        yield door


@pytest.fixture(scope="module")
def omar(portal: BlockingPortal, home: Path) -> Iterator[Door]:
    """A user in no group, over HTTP, by the newest version of the protocol."""
    with over_http(portal, home, "omar") as door:
        yield door


@pytest.fixture(params=["owner", "omar"])
def door(request: pytest.FixtureRequest) -> Door:
    """Either of them."""
    found: Door = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def service(home: Path) -> Iterator[Service]:
    """The same graph, asked directly."""
    with open_service(load_settings()) as opened:
        yield opened


def timeless(value: Any) -> Any:
    """An answer without what differs each time that it is given."""
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if key not in ("ms", "latency_ms", "cached")}
    return [timeless(item) for item in value] if isinstance(value, list) else value


def test_the_tools_are_described(door: Door) -> None:
    tools = door.tools()
    assert set(tools) == {"ask", "search", "entity", "path", "queries", "run_query"}
    for tool in tools.values():
        assert tool.annotations.read_only_hint
        assert len(tool.description) > 100
        assert tool.output_schema["properties"]
        assert tool.input_schema["additionalProperties"] is False
        assert all(parameter["description"] for parameter in tool.input_schema["properties"].values())
    assert set(tools["path"].input_schema["required"]) == {"from", "to"}
    assert tools["search"].input_schema["properties"]["k"]["maximum"] == 100
    assert "citations" in tools["ask"].output_schema["properties"]
    assert door.client.instructions and "`ask`" in door.client.instructions


@pytest.mark.parametrize("question", ["Who owns Atlas?", "Who owns Bora?"])
def test_ask_says_what_the_service_says(door: Door, service: Service, question: str) -> None:
    told = door.call("ask", {"question": question, "tier": "none"})
    expected = service.ask(question, service.groups_of(door.user), "none")
    answer = dict(told.structured_content or {})
    assert answer.pop("id")
    assert timeless(answer) == timeless(expected.model_dump(mode="json", exclude={"id"}))
    (text,) = told.content
    assert text.type == "text"
    assert text.text.startswith(expected.answer)
    for citation in expected.citations:
        assert (
            f"[{citation.n}] {citation.document.uri.removeprefix('test:')}, characters {citation.start}-" in text.text
        )


def test_ask_on_a_day(owner: Door) -> None:
    queries = owner.data("ask", {"question": "Who owns Atlas?", "as_of": "2024-06-30"})["trace"]["queries"]
    assert {query["parameters"].get("as_of", "2024-06-30") for query in queries} == {"2024-06-30"}


def test_search_says_what_the_service_says(door: Door, service: Service) -> None:
    found = door.data("search", {"query": "review access rights", "k": 2})
    expected = service.search("review access rights", 2, service.groups_of(door.user))
    assert found == {"query": "review access rights", "passages": expected}
    assert len(expected) == 2


def test_entity_says_what_the_service_says(door: Door, service: Service) -> None:
    (bora,) = door.data("entity", {"name": "bora"})["entities"]
    near = service.neighbours(bora["id"], groups=service.groups_of(door.user))
    assert bora.pop("more_facts") is False
    assert bora.pop("facts") == near["facts"] != []
    assert bora == {key: near["entity"][key] for key in bora}
    assert door.data("entity", {"name": bora["id"]})["entities"][0]["name"] == "Bora"


def test_more_facts_are_told_of(owner: Door) -> None:
    (bora,) = owner.data("entity", {"name": "Bora", "limit": 1})["entities"]
    assert (len(bora["facts"]), bora["more_facts"]) == (1, True)


def test_path_says_what_the_service_says(door: Door, service: Service) -> None:
    found = door.data("path", {"from": "Sven Falk", "to": "Bora"})
    assert found == service.paths("Sven Falk", "Bora", groups=service.groups_of(door.user))
    assert [[fact["predicate"] for fact in path] for path in found["paths"]] == [["OWNS"]]


def test_queries_are_listed_and_run(door: Door, service: Service) -> None:
    listed = {query["name"]: query for query in door.data("queries", {})["queries"]}
    assert set(listed) == set(runnable(service.store.dialect))
    assert listed["impact"]["parameters"]["name"] == "name of an entity"
    assert listed["impact"]["defaults"]["steps"] == 5
    assert listed["impact"]["example"].endswith("?")
    resource = door.portal.call(door.client.read_resource, "evigraph://queries").contents[0]
    assert json.loads(resource.text) == {"queries": list(listed.values())}
    for name, parameters in (("impact", {"name": "Sven Falk"}), ("who_is_responsible", {}), ("most_connected", {})):
        found = door.data("run_query", {"name": name, "parameters": parameters})
        expected = run_query(service, name, parameters, service.groups_of(door.user))
        assert found["rows"] == expected.rows != []
        assert (found["columns"], found["cypher"]) == (list(expected.columns), expected.cypher)


def test_rows_cut_off_are_told_of(owner: Door) -> None:
    found = owner.data("run_query", {"name": "most_connected", "parameters": {"limit": 1}})
    assert "first 1 rows" in found["notes"][0]


def everything(door: Door) -> dict[str, str]:
    """All that each tool says of what only the group legal may see, by tool."""
    asked: dict[str, list[dict[str, Any]]] = {
        "ask": [{"question": question} for question in ("Who owns Atlas?", "How long are backups kept?")],
        "search": [{"query": "Atlas backed up every night copies", "k": 100}, {"query": "deeds", "k": 100}],
        "entity": [{"name": name} for name in ("Atlas", "Bora", "Sund AB")],
        "path": [{"from": "Bora", "to": "Sund AB"}, {"from": "Atlas", "to": "Atlas"}],
        "run_query": [],
    }
    for query in door.data("queries", {})["queries"]:
        free = {name for name, kind in query["parameters"].items() if name in query["defaults"] or "or null" in kind}
        needed = {name: query["parameters"][name] for name in query["parameters"].keys() - free}
        if set(needed.values()) <= {"name of an entity"}:
            for name in ("Atlas", "Bora") if needed else ("",):
                asked["run_query"].append({"name": query["name"], "parameters": dict.fromkeys(needed, name)})
    assert len(asked["run_query"]) > 40
    told: dict[str, str] = {}
    for tool, items in asked.items():
        found = [door.call(tool, item).model_dump(mode="json") for item in items]
        # A query's text is the same whoever asks; that of run_query is its structured content once more.
        kept = [result["structured_content"].get("rows", result) for result in found if not result["is_error"]]
        told[tool] = json.dumps([kept, [result for result in found if result["is_error"]]])
    return told


def test_no_tool_tells_a_user_what_is_hidden(omar: Door) -> None:
    for tool, told in everything(omar).items():
        assert [secret for secret in SECRETS if secret in told] == [], tool


def test_every_tool_tells_the_owner(owner: Door) -> None:
    """So that the test before is of something."""
    for tool, told in everything(owner).items():
        assert [secret for secret in SECRETS if secret in told], tool


def test_what_is_hidden_is_as_what_does_not_exist(omar: Door) -> None:
    assert omar.data("path", {"from": "Bora", "to": "Sund AB"})["paths"] == []
    for name in ("Nordwind AB", "Zanzibar"):
        told = omar.call("path", {"from": "Bora", "to": name}).content[0]
        assert told.type == "text" and told.text == f"There is no entity named '{name}' in the graph."
    assert omar.data("ask", {"question": "Who owns Atlas?"})["status"] == "abstained"


@pytest.mark.parametrize("widened", [{"groups": ["legal"]}, {"groups": None}, {"user": "maria"}, {"as": "maria"}])
def test_no_argument_gives_more_access(omar: Door, widened: dict[str, Any]) -> None:
    calls: dict[str, dict[str, Any]] = {
        "ask": {"question": "Who owns Atlas?"},
        "search": {"query": "Atlas"},
        "entity": {"name": "Bora"},
        "path": {"from": "Bora", "to": "Sund AB"},
        "queries": {},
        "run_query": {"name": "most_connected"},
    }
    for name, arguments in calls.items():
        assert omar.call(name, {**arguments, **widened}).is_error
    assert omar.call("run_query", {"name": "most_connected", "parameters": widened}).is_error


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("ask", {"question": " "}, ["question is empty"]),
        ("ask", {"question": "Who?", "as_of": "2025-02-30"}, ["'2025-02-30'", "YYYY-MM-DD"]),
        ("ask", {"question": "Who?", "tier": "huge"}, ["tier", "'none'"]),
        ("ask", {}, ["question: field required"]),
        ("search", {"query": "?!"}, ["nothing to search for"]),
        ("search", {"query": "Bora", "k": 101}, ["k: ", "100"]),
        ("search", {"query": "Bora", "limit": 3}, ["limit"]),
        ("entity", {"name": "Sven"}, ["'Sven'", "Sven Falk (Person)"]),
        ("entity", {"name": "Zanzibar"}, ["no entity named 'Zanzibar'"]),
        ("path", {"from": "Bora", "to": "Zanzibar"}, ["no entity named 'Zanzibar'"]),
        ("run_query", {"name": "impct"}, ["'impct'", "did you mean impact"]),
        ("run_query", {"name": "delete_document", "parameters": {"document_id": "d_1"}}, ["'delete_document'"]),
        ("run_query", {"name": "impact"}, ["needs the parameter name"]),
        ("run_query", {"name": "impact", "parameters": {"name": "Bora", "steps": "many"}}, ["steps", "integer"]),
        ("forget", {}, ["forget"]),
    ],
)
def test_mistakes_are_errors_in_one_sentence(
    door: Door, tool: str, arguments: dict[str, Any], words: list[str]
) -> None:
    result = door.call(tool, arguments)
    assert result.is_error
    (told,) = result.content
    assert told.type == "text" and told.text.endswith((".", "?")) and "\n" not in told.text
    assert all(word in told.text for word in words), told.text
    assert door.data("search", {"query": "Bora"})["passages"]


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Host", "evigraph.example", 421),
        ("Host", "127.0.0.1.evigraph.example:80", 421),
        ("Origin", "http://evigraph.example", 403),
        ("Origin", "null", 403),
    ],
)
def test_other_sites_are_refused(omar: Door, header: str, value: str, status: int) -> None:
    body = {"jsonrpc": "2.0", "id": 1, **INITIALIZE}
    assert httpx.post(omar.url, json=body, headers={**HEADERS, header: value}).status_code == status
    assert httpx.post(omar.url, json=body, headers=HEADERS).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "evigraph.example"])  # noqa: S104 - to see it refused
def test_only_this_machine_is_served(run: Run, host: str) -> None:
    assert_error(run("mcp", "--http", "--host", host), 2, "Only 127.0.0.1 is served")


def test_a_user_that_there_is_not(run: Run) -> None:
    assert_error(run("mcp", "--as", "nobody"), 2, "'nobody'")


def test_a_second_process_is_refused(owner: Door, home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIGRAPH_GRAPH", f"embedded:{home / 'stdio'}")
    assert_error(run("mcp"), 1, "is open in another process", "EVIGRAPH_GRAPH")
    assert owner.tools()


@contextmanager
def speaking(home: Path, *command: str) -> Iterator[subprocess.Popen[str]]:
    """A server of the third copy, to be spoken with line by line, which has been greeted."""
    with piped(home / "odd", *command) as process:
        try:
            say(process, 0, INITIALIZE)
            assert heard(process)["result"]["serverInfo"]["name"] == "evigraph"
            yield process
        finally:
            process.kill()


def say(process: subprocess.Popen[str], identity: int, message: dict[str, Any]) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": identity, **message}) + "\n")
    process.stdin.flush()


def heard(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The next line of standard output."""
    assert process.stdout is not None
    message: dict[str, Any] = json.loads(process.stdout.readline())
    return message


def searching(words: str) -> dict[str, Any]:
    return {"method": "tools/call", "params": {"name": "search", "arguments": {"query": words}}}


def test_a_search_that_prints_breaks_or_waits(home: Path) -> None:
    """Standard output is the protocol alone, an error is not the end of the server, and its input's end is."""
    (home / "odd.py").write_text(ODD)
    with speaking(home, str(home / "odd.py"), "mcp") as process:
        say(process, 1, searching("print"))
        assert heard(process)["result"]["isError"] is False
        say(process, 2, searching("divide"))
        broken = heard(process)["result"]
        assert broken["isError"] is True
        assert "(ZeroDivisionError)" in broken["content"][0]["text"]
        assert "EVIGRAPH_DEBUG=1" in broken["content"][0]["text"]
        say(process, 3, searching("wait"))
        say(process, 4, searching("Bora"))
        assert heard(process)["id"] == 4
        (home / "go").touch()
        assert heard(process)["id"] == 3
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "", "printed\nechoed\n")


def test_ctrl_c_is_the_end(home: Path) -> None:
    with speaking(home, "-m", "api.cli", "mcp") as process:
        process.send_signal(signal.SIGINT)
        # Standard input stays open, as a terminal does.
        assert process.wait(timeout=30) == 0
        assert process.communicate() == ("", "")


def test_a_program_that_is_gone_is_the_end(home: Path) -> None:
    with speaking(home, "-m", "api.cli", "mcp") as process:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        process.stdout.close()
        say(process, 1, {"method": "tools/list"})
        process.stdin.close()
        assert process.wait(timeout=30) == 0
        assert process.stderr.read() == ""
