"""The graphs that a benchmark measures: embedded in a temporary folder, and Neo4j, its own server or a given one."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from pydantic import SecretStr

from api.settings import Settings, load_settings
from benchmarks.report import CannotMeasure, note

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "examples" / "corpus"
#: The corpus that documents are written to; whatever is in it may be removed.
CORPUS = "evigraph-benchmark"


@dataclass(frozen=True, slots=True)
class Target:
    """A graph to measure, with the settings that open it."""

    name: str
    settings: Settings

    def empty(self) -> None:
        """Remove what a benchmark wrote. Raises `CannotMeasure` when the graph holds anything else."""
        if self.settings.graph.startswith("embedded:"):
            shutil.rmtree(self.settings.graph.partition(":")[2], ignore_errors=True)
            return
        from api.service import open_service

        with open_service(self.settings) as service:
            held = service.documents()
            for row in held:
                if row["corpus"] == CORPUS:
                    service.remove(row["id"])
            others = sum(row["corpus"] != CORPUS for row in held)
        if others:
            raise CannotMeasure(
                f"The graph at {self.settings.graph} holds {others} documents of its own, and a benchmark needs an "
                "empty one; give another server or another EVIGRAPH_NEO4J_DATABASE."
            )


@dataclass(frozen=True, slots=True)
class Targets:
    """The graphs to measure; `server` says what Neo4j it is."""

    stores: list[Target]
    server: str | None


def add_options(parser: argparse.ArgumentParser, repeat: int, repeated: str) -> None:
    """The options of the benchmarks that take a corpus."""
    parser.add_argument("--corpus", type=Path, default=SAMPLE, metavar="DIR", help="documents; default: the samples")
    add_store_options(parser)
    parser.add_argument("--repeat", type=int, default=repeat, metavar="N", help=f"{repeated}; default {repeat}")


def add_store_options(parser: argparse.ArgumentParser) -> None:
    """The options of all that measure a graph: which, and where the results go."""
    parser.add_argument(
        "--store",
        default="both",
        metavar="embedded|neo4j://HOST:PORT|both",
        help="both (default) starts a Neo4j of its own; one given by address must be empty and is emptied again",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there")


@contextmanager
def open_targets(store: str, heap: str | None = None) -> Iterator[Targets]:
    """The graphs that `--store` names, empty; a given one is emptied again. Raises `CannotMeasure`, `StoreError`.

    `heap`: the memory of the Neo4j that it starts ("4g"), which compiles as a server does; None for the tests' one.
    """
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="evigraph-benchmark-")))
        base = load_settings().model_copy(update={"database": f"sqlite:///{home / 'operations.sqlite'}"})
        stores, server = [], None
        if store in ("both", "embedded"):
            stores.append(Target("embedded", base.on(f"embedded:{home / 'graph'}")))
        if store == "both":
            try:
                settings, flags = stack.enter_context(_own_server(base, home / "neo4j", heap))
            except CannotMeasure as error:
                note(f"Only the embedded store is measured: {error}")
            else:
                stores.append(Target("neo4j", settings))
                server = f"{_agent(settings)}, {'a server of its own' if heap else 'a test server'}: java {flags}"
        elif store != "embedded":
            given = Target("neo4j", base.model_copy(update={"graph": store}))
            given.empty()
            stack.callback(given.empty)
            stores.append(given)
            server = _agent(given.settings)
        yield Targets(stores, server)


def in_fresh_process[**P, T](function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """What a function returns in a process that has nothing loaded yet, as a command has when it starts."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(function, *arguments, **named).result()


@contextmanager
def _own_server(base: Settings, home: Path, heap: str | None) -> Iterator[tuple[Settings, str]]:
    """A Neo4j in the home folder: its settings, and the flags that java runs with."""
    sys.path.insert(0, str(ROOT / "scripts"))
    import neo4j_server

    if not (neo4j_server.CACHE / "lib" / "pom.sha256").is_file():
        raise CannotMeasure("Neo4j's jars are not in .cache/neo4j; scripts/neo4j_server.py fetch brings them.")
    size = neo4j_server.working(heap) if heap else neo4j_server.SMALL
    with ExitStack() as stack:
        try:
            server = stack.enter_context(neo4j_server.running_server(home, size))
        except neo4j_server.ServerError as error:
            raise CannotMeasure(str(error)) from error
        login = {"neo4j_user": server.user, "neo4j_password": SecretStr(server.password), "neo4j_database": "neo4j"}
        yield base.model_copy(update={"graph": server.uri, **login}), " ".join(size.java)


def _agent(settings: Settings) -> str:
    from neo4j import GraphDatabase

    login = (settings.neo4j_user, settings.neo4j_password.get_secret_value())
    with GraphDatabase.driver(settings.graph, auth=login) as driver:
        return str(driver.get_server_info().agent)
