"""A folder of its own with an empty graph, and the command line within this process."""

import os
import sys
from pathlib import Path

import pytest
from doors import ATLAS, BORA, ROOT, Outcome, Run

from api import cli


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: two documents in docs/, an empty graph, no settings but where it is."""
    for name in [name for name in os.environ if name.startswith(("EVIGRAPH_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("EVIGRAPH_GRAPH", f"embedded:{tmp_path / 'graph'}")
    monkeypatch.setenv("EVIGRAPH_DATABASE", f"sqlite:///{tmp_path / 'operations.sqlite'}")
    monkeypatch.setenv("EVIGRAPH_DATABASE", f"sqlite:///{tmp_path / 'operations.sqlite'}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "atlas.md").write_text(ATLAS)
    (tmp_path / "docs" / "bora.md").write_text(BORA)
    return tmp_path


@pytest.fixture
def run(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `evigraph` with arguments, by its own `main`, in this process."""

    def evigraph(*arguments: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["evigraph", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        captured = capsys.readouterr()
        code = end.value.code
        return Outcome(code if isinstance(code, int) else 0, captured.out, captured.err)

    return evigraph
