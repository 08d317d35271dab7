"""What only processes can show: one graph for one of them, interrupts, kills, Neo4j, and a server on a socket."""

import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from doors import Outcome, Run, assert_error, finish, start
from neo4j_server import Server

from api import interrupt

pytestmark = pytest.mark.alone

MANY = 60


@pytest.fixture
def many(place: Path) -> Path:
    """A folder of documents that take a while."""
    folder = place / "many"
    folder.mkdir()
    for number in range(MANY):
        rules = "\n\n".join(f"Rule {n}: the owner of System {number} must review access {n} times." for n in range(8))
        (folder / f"doc-{number:02}.md").write_text(
            f"# Document {number}\n\nPerson Nr{number} owns System {number}.\n\n{rules}\n"
        )
    return folder


def start_and_wait_for_the_middle(place: Path, folder: Path) -> subprocess.Popen[str]:
    """An ingest that has written some documents and not all: their vectors are in a file that grows."""
    process = start("ingest", folder, "--json")
    vectors = place / "graph" / "vectors.bin"
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        if vectors.exists() and vectors.stat().st_size > 20_000:
            return process
        time.sleep(0.005)
    raise AssertionError(f"the ingest was never in its middle: {finish(process)}")


def assert_complete(run: Run, folder: Path, held_before: int) -> None:
    """The same command again adds what is missing, and the graph holds each document once."""
    report = run("ingest", folder, "--json").data
    assert report["added"] + report["unchanged"] == MANY
    assert report["unchanged"] >= held_before > 0
    assert report["added"] > 0
    documents = run("documents", "--json").data["documents"]
    assert len({row["uri"] for row in documents}) == len(documents) == MANY
    assert {row["version"] for row in documents} == {1}
    shown = run("show", "doc-07.md", "--json").data
    assert len({passage["start"] for passage in shown["passages"]}) == len(shown["passages"])
    found = run("search", "Who owns System 59?", "--k", "50", "--json").data["passages"]
    assert len({item["passage_id"] for item in found}) == len(found)


def test_an_interrupted_ingest_goes_on(run: Run, place: Path, many: Path) -> None:
    process = start_and_wait_for_the_middle(place, many)
    process.send_signal(signal.SIGINT)
    outcome = finish(process)
    assert outcome.code == 130
    assert outcome.out == ""
    told = re.fullmatch(
        rf"Interrupted; (\d+) of {MANY} documents are in the graph\. Run the same command again to go on\.\n",
        outcome.err,
    )
    assert told, outcome.err
    assert_complete(run, many, int(told[1]))


def test_a_killed_ingest_goes_on(run: Run, place: Path, many: Path) -> None:
    process = start_and_wait_for_the_middle(place, many)
    process.kill()
    assert finish(process).code == -signal.SIGKILL
    assert_complete(run, many, 1)


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server's address, and its process."""
    process = start("serve", "--port", "0", *arguments)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        address = re.search(r"http://\S+", line)
        assert address, line + process.stderr.read()
        wait_until_it_answers(address[0])
        yield address[0], process
    finally:
        process.kill()
        process.communicate()


def wait_until_it_answers(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/healthz")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not answer")


def test_a_server_and_a_command_on_one_graph(place: Path, run: Run) -> None:
    run("ingest", "docs")
    with serving() as (address, process):
        assert httpx.get(f"{address}/readyz").json()["documents"] == 2
        asked = httpx.post(f"{address}/v1/ask", json={"question": "Who owns Atlas?"}, timeout=60)
        assert "Maria Lind" in asked.json()["answer"]
        # Expected errors are answers, and no stack trace in the log of whoever runs the server.
        assert httpx.post(f"{address}/v1/ask", json={"question": ""}, timeout=60).status_code == 422
        assert httpx.get(f"{address}/v1/documents/d_none").status_code == 404
        assert_error(run("documents"), 1, "is open in another process", "EVIGRAPH_GRAPH")
        port = address.rpartition(":")[2]
        assert_error(finish(start("serve", "--port", port)), 1, f"Port {port} of 127.0.0.1", "--port")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out) == (0, "")
        assert "GET /readyz" in err
        assert "Traceback" not in err
    assert len(run("documents", "--json").data["documents"]) == 2


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "evigraph.example"])  # noqa: S104 - to see it refused
def test_only_this_machine_is_served(run: Run, host: str) -> None:
    assert_error(run("serve", "--host", host), 2, "Only 127.0.0.1 is served while there is no sign-in")


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_neo4j_that_cannot_be_reached(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIGRAPH_GRAPH", f"bolt://127.0.0.1:{closed_port()}")
    assert_error(run("documents"), 1, "cannot be reached", "EVIGRAPH_GRAPH")
    outcome = run("doctor")
    assert outcome.code == 1
    assert "missing  Graph: Neo4j at bolt://" in outcome.out


def test_a_graph_that_is_neither(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIGRAPH_GRAPH", "sqlite:graph.db")
    assert_error(run("documents"), 1, "'sqlite:graph.db'", "EVIGRAPH_GRAPH")


def test_neo4j_with_a_wrong_password(run: Run, monkeypatch: pytest.MonkeyPatch, neo4j_server: Server) -> None:
    monkeypatch.setenv("EVIGRAPH_GRAPH", neo4j_server.uri)
    monkeypatch.setenv("EVIGRAPH_NEO4J_PASSWORD", "not-" + neo4j_server.password)
    assert_error(run("documents"), 1, "refused the user name or password", "EVIGRAPH_NEO4J_PASSWORD")


def test_the_same_commands_on_neo4j(run: Run, monkeypatch: pytest.MonkeyPatch, clean_neo4j: Server) -> None:
    monkeypatch.setenv("EVIGRAPH_GRAPH", clean_neo4j.uri)
    monkeypatch.setenv("EVIGRAPH_NEO4J_USER", clean_neo4j.user)
    monkeypatch.setenv("EVIGRAPH_NEO4J_PASSWORD", clean_neo4j.password)
    assert run("ingest", "docs", "--json").data["added"] == 2
    assert "Maria Lind" in run("ask", "Who owns Atlas?", "--json", "--tier", "none").data["answer"]
    assert "The facts were found by" in run("ask", "Who owns Atlas?").out
    assert run("show", "atlas.md", "--facts", "--json").data["facts"]
    assert run("doctor").code == 0
    assert run("remove", "atlas.md").code == 0
    assert not run("entities", "Nordwind", "--json").data["entities"]


def test_one_json_document_and_nothing_else(place: Path) -> None:
    def json_of(*arguments: str) -> Outcome:
        outcome = finish(start(*arguments, "--json"))
        assert isinstance(outcome.data, dict)
        return outcome

    assert json_of("ingest", "docs").err == ""
    assert json_of("ask", "Who owns Atlas?").err == ""
    os.environ["PYTHONIOENCODING"] = "ascii"
    try:
        assert json_of("ask", "Who owns Åtlas?").data["question"] == "Who owns Åtlas?"
    finally:
        del os.environ["PYTHONIOENCODING"]


def test_a_reader_that_stops_reading(place: Path) -> None:
    process = start("--help")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    process.wait(timeout=60)
    process.stderr.close()


def test_no_traceback_but_for_those_who_ask(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("api.service.Service.documents", broken)
    assert_error(run("documents"), 1, "ZeroDivisionError", "EVIGRAPH_DEBUG=1", "report")
    monkeypatch.setenv("EVIGRAPH_DEBUG", "1")
    assert "Traceback" in run("documents").err


def test_ctrl_c_that_a_library_makes_an_error_of_its_own_of(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def importing(*arguments: object) -> None:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise ImportError

    # Whoever runs the tests in the background may have Ctrl-C ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr(interrupt, "_asked", threading.Event())
    monkeypatch.setattr("api.service.Service.documents", importing)
    try:
        assert run("documents") == Outcome(130, "", "")
    finally:
        signal.signal(signal.SIGINT, before)
    monkeypatch.setattr("api.service.Service.ingest", importing)
    outcome = run("ingest", "docs")
    assert outcome.code == 130
    assert outcome.err.startswith("Interrupted; 0 of 2 documents are in the graph.")
