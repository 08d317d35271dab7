"""The Neo4j server that other tests rely on."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import neo4j_server as script
import pytest
from neo4j import GraphDatabase
from neo4j_server import Server, ServerError, running_server

pytestmark = pytest.mark.alone

SCRIPT = Path(script.__file__)


def ask(server: Server, query: str) -> list[object]:
    with GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        return [record.value() for record in driver.execute_query(query).records]


def eventually(condition: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


def accepts(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=5).close()
    except OSError:
        return False
    return True


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def executable(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def test_answers_a_query(neo4j_server: Server) -> None:
    assert ask(neo4j_server, "RETURN 1") == [1]


def test_routing_leads_back_to_the_server(neo4j_server: Server) -> None:
    uri = neo4j_server.uri.replace("bolt://", "neo4j://")
    with GraphDatabase.driver(uri, auth=(neo4j_server.user, neo4j_server.password)) as driver:
        assert driver.execute_query("RETURN 1").records[0].value() == 1


def test_serves_the_browser(neo4j_server: Server) -> None:
    with urllib.request.urlopen(f"{neo4j_server.http}/browser/", timeout=10) as answer:
        assert answer.status == 200
        assert b"<html" in answer.read()


@pytest.mark.parametrize("kind", ["uri", "http"])
def test_listens_on_loopback_only(neo4j_server: Server, kind: str) -> None:
    scheme, host, port = getattr(neo4j_server, kind).replace("://", ":").split(":")
    assert (scheme, host) == ("bolt" if kind == "uri" else "http", "127.0.0.1")
    # A server that listened on every address would accept the second as well.
    assert [accepts(address, int(port)) for address in (host, "127.0.0.2")] == [True, False]


def test_cleaning_removes_nodes_and_keeps_indexes(neo4j_server: Server, request: pytest.FixtureRequest) -> None:
    ask(neo4j_server, "CREATE INDEX kept IF NOT EXISTS FOR (n:Kept) ON (n.name)")
    ask(neo4j_server, "UNWIND range(1, 2500) AS i CREATE (:Kept {name: i})-[:TO]->(:Kept)")
    request.getfixturevalue("clean_neo4j")
    assert ask(neo4j_server, "MATCH (n) RETURN count(n)") == [0]
    assert "kept" in ask(neo4j_server, "SHOW INDEXES YIELD name RETURN name")
    ask(neo4j_server, "DROP INDEX kept")


def test_two_at_once_have_their_own_ports_and_both_stop(tmp_path: Path) -> None:
    with ExitStack() as stack, ThreadPoolExecutor() as pool:
        homes = (tmp_path / "one", tmp_path / "two")
        one, two = pool.map(lambda home: stack.enter_context(running_server(home)), homes)
        assert len({one.uri, two.uri, one.http, two.http}) == 4
        assert one.password != two.password
        assert ask(one, "RETURN 1") == ask(two, "RETURN 1") == [1]
        assert [script.is_server(server.pid) for server in (one, two)] == [True, True]
    assert [script.is_server(server.pid) for server in (one, two)] == [False, False]


def test_a_killed_parent_leaves_no_server_behind(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys, time; sys.path.insert(0, sys.argv[1]); import neo4j_server\n"
        "print(neo4j_server.launch(pathlib.Path(sys.argv[2])).server.pid, flush=True); time.sleep(600)"
    )
    line = [sys.executable, "-c", code, str(SCRIPT.parent), str(tmp_path)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert script.is_server(pid)
        parent.send_signal(signal.SIGKILL)
    assert eventually(lambda: not script.is_server(pid))


def test_started_by_command_it_stays_keeps_its_data_and_stops(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for expected in ([0], [1]):
        started = command("start", "--home", str(home), "--json")
        assert started.returncode == 0, started.stderr
        server = Server(**json.loads(started.stdout))
        try:
            assert ask(server, "MATCH (n) RETURN count(n)") == expected
            ask(server, "CREATE ()")
            again = command("start", "--home", str(home))
            assert (again.returncode, again.stderr) == (1, f"A Neo4j server already runs in {home}.\n")
        finally:
            stopped = command("stop", str(server.pid))
        assert stopped.returncode == 0, stopped.stderr
        assert not script.is_server(server.pid)
    assert (home / "password").stat().st_mode & 0o077 == 0


def test_stops_nothing_else() -> None:
    stopped = command("stop", str(os.getpid()))
    assert stopped.returncode == 1
    assert stopped.stderr == f"Process {os.getpid()} is not a running Neo4j server.\n"


def test_without_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ServerError) as caught:
        script.start(tmp_path)
    assert str(caught.value) == "Neo4j needs Java 17 or newer, and no java was found on the PATH."


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("echo 'openjdk version \"11.0.2\"' >&2", "is Java 11."),
        ("echo 'java version \"1.8.0_292\"' >&2", "is Java 8."),
        ("exit 1", "does not run."),
    ],
)
def test_unfit_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, reason: str) -> None:
    executable(tmp_path, "java", body)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerError) as caught:
        script.find_java()
    assert str(caught.value) == f"Neo4j needs Java 17 or newer, and {tmp_path / 'java'} {reason}"


def test_fetching_without_maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "CACHE", tmp_path / "cache")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ServerError, match=r"^Copying Neo4j's jars needs Maven, and no mvn was found"):
        script.fetch()


def test_a_failed_fetch_says_why_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(tmp_path, "mvn", "echo '[ERROR] repository unreachable'; exit 1")
    monkeypatch.setattr(script, "CACHE", tmp_path / "cache")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerError) as caught:
        script.fetch()
    assert str(caught.value) == "Maven could not copy Neo4j's jars: [ERROR] repository unreachable"
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["lock"]


def test_a_server_that_gives_up_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "CONFIGURATION", script.CONFIGURATION + "db.tx_log.rotation.size=never\n")
    (tmp_path / "password").write_text("not asked for")
    with pytest.raises(ServerError, match=r"^Neo4j stopped while starting: .*db\.tx_log\.rotation\.size"):
        script.start(tmp_path)


def test_a_server_that_does_not_come_up_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    launched: list[script.Running] = []
    launch = script.launch

    def remembered(home: Path, size: script.Size) -> script.Running:
        launched.append(launch(home, size))
        return launched[-1]

    monkeypatch.setattr(script, "launch", remembered)
    monkeypatch.setattr(script, "START_SECONDS", 0.5)
    (tmp_path / "password").write_text("not asked for")
    with pytest.raises(ServerError, match=r"^Neo4j did not come up within 0\.5 s: "):
        script.start(tmp_path)
    assert [running.process.poll() is None for running in launched] == [False]


def test_a_port_taken_meanwhile_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = [taken.getsockname()[1], *script.free_ports(1)]
        monkeypatch.setattr(script, "free_ports", lambda count: ports[:count])
        (tmp_path / "password").write_text("not asked for")
        with pytest.raises(script.PortTakenError):
            script.bring_up(tmp_path, attempts=1)
