"""The benchmarks run and write what they promise; how fast anything is, is not a matter for tests."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from extraction.load import load_path

ROOT = Path(__file__).resolve().parent.parent.parent
QUESTIONS = (
    "What minimum password length does the password standard set?",
    "Who owns Quillpay?",
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two documents of the samples."""
    folder = tmp_path / "papers"
    folder.mkdir()
    for name in ("password-standard.md", "system-inventory.csv"):
        shutil.copy(ROOT / "examples" / "corpus" / name, folder)
    return folder


def run(name: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The benchmark as a person runs it from the checkout, without settings of theirs."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("EVIGRAPH_")}
    command = [sys.executable, "-m", f"benchmarks.{name}", "--corpus", str(folder), *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)


def results(name: str, folder: Path, *arguments: str) -> tuple[dict[str, Any], str]:
    """The JSON that a run on the embedded store wrote, and what it printed."""
    path = folder.parent / "new" / f"{name}.json"
    done = run(name, folder, "--store", "embedded", "--repeat", "1", "--json", str(path), *arguments)
    assert done.returncode == 0, done.stderr
    assert str(folder.parent) not in path.read_text()
    content = json.loads(path.read_text())
    assert list(content) == ["benchmark", "date", "machine", "versions", "setup", "rows"]
    assert content["benchmark"] == name
    assert set(content["machine"]) == {"cores", "load", "python", "platform"}
    assert content["versions"]["neo4j_server"] is None
    return content, done.stdout


def test_ingest(corpus: Path) -> None:
    content, printed = results("ingest", corpus)
    store, *floors = content["rows"]
    assert (store["subject"], store["documents"], store["refused"]) == ("evigraph, embedded", 2, 0)
    assert store["facts"] > 0
    assert store["unchanged_seconds"] > 0
    assert len(floors) == 3
    for row in content["rows"]:
        assert row["subject"] in printed
        # The floors read the very same: else the comparison says nothing.
        assert (row["documents"], row["words"], row["passages"]) == (2, store["words"], store["passages"])
        assert sum(row["stage_shares"].values()) == pytest.approx(1, abs=0.01)
        assert sum(row["stage_seconds"].values()) == pytest.approx(row["seconds"], abs=0.01)


def test_ask(corpus: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    lines = (json.dumps({"id": str(n), "question": text}) for n, text in enumerate(QUESTIONS))
    questions.write_text("\n".join(lines))
    content, printed = results("ask", corpus, "--questions", str(questions))
    rows = {row["phase"]: row for row in content["rows"]}
    assert list(rows) == ["cold", "first pass", "warm", "floor: full text", "floor: text + vectors"]
    assert [rows[phase]["samples"] for phase in rows] == [1, 1, 2, 2, 2]
    for phase in ("cold", "first pass", "warm"):
        assert f"embedded, {phase}" in printed
        assert {"link", "plan", "retrieve", "synthesize", "verify", "total", "in_queries"} < set(rows[phase]["ms"])
        assert 0 < rows[phase]["in_queries_share"] < 1
    for row in rows.values():
        assert all(value["p50"] <= value["p95"] for value in row["ms"].values())


def test_an_empty_folder_is_one_sentence(tmp_path: Path) -> None:
    done = run("ask", tmp_path, "--store", "embedded", "--repeat", "1")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Error: There is nothing to ask in")
    assert "Traceback" not in done.stderr


def test_resolution(corpus: Path, tmp_path: Path) -> None:
    clusters = tmp_path / "clusters.json"
    text, name = load_path(corpus / "password-standard.md", 1_000_000).text, "Password Standard"
    start = text.index(name)
    place = {"document": "password-standard.md", "start": start, "end": start + len(name), "text": name}
    mentions = [{**place, "entity": "password standard"}, {**place, "start": 10**6, "end": 10**6 + 1, "entity": "none"}]
    clusters.write_text(json.dumps({"mentions": mentions}))
    path = tmp_path / "resolution.json"
    done = run("resolution", corpus, "--clusters", str(clusters), "--json", str(path))
    assert done.returncode == 0, done.stderr
    rows = json.loads(path.read_text())["rows"]
    assert [row["subject"] for row in rows] == ["same normalised name", "without the resolver", "with the resolver"]
    for row in rows:
        assert row["subject"] in done.stdout
        assert (row["mentions"], row["aligned"]) == (2, 1)
        assert row["f1"] == 1
