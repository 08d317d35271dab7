"""The command line before it does anything: quick, and clear about wrong use."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from doors import Run, finish, start


def test_parsing_imports_no_heavy_library(place: Path) -> None:
    code = "import api.cli, sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"spacy", "onnxruntime", "langchain", "langchain_core", "rdflib", "fastapi", "numpy", "grafeo", "neo4j"}
    assert not heavy & set(done.stdout.split())


def test_help_is_quick(place: Path) -> None:
    def seconds(*line: str) -> float:
        started = time.perf_counter()
        subprocess.run([sys.executable, *line], capture_output=True, check=True)
        return time.perf_counter() - started

    # Measured against Python's own start, so that a busy machine does not matter; the best of some.
    bare = min(seconds("-c", "import typer") for _ in range(3))
    assert min(seconds("-m", "api.cli", "--help") for _ in range(3)) < 3 * bare + 0.2


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["ask"],
        ["ask", "Who?", "--tier", "huge"],
        ["ingest"],
        ["ingest", "docs", "--workers", "0"],
        ["search", "x", "--k", "0"],
        ["evaluate", "qa"],
    ],
)
def test_wrong_use(run: Run, arguments: list[str]) -> None:
    outcome = run(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert "Usage: evigraph" in outcome.err
    assert "Error: " in outcome.err
    assert "Traceback" not in outcome.err


def test_version_and_help(run: Run) -> None:
    version, help_text = run("--version"), run("--help")
    assert version.code == help_text.code == 0
    assert version.out.strip()
    for command in [
        "ingest",
        "ask",
        "search",
        "documents",
        "entities",
        "remove",
        "show",
        "serve",
        "doctor",
        "evaluate",
    ]:
        assert f"\n  {command} " in help_text.out


def test_runs_as_a_module(place: Path) -> None:
    outcome = finish(start("documents", "--json"))
    assert (outcome.code, outcome.data, outcome.err) == (0, {"documents": []}, "")
