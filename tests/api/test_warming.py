"""A server that is warm: its first question loads nothing large, and what it loaded with leaves no trace."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from doors import Run
from openai_stand_in import stand_in

from api.service import open_service
from api.settings import load_settings
from api.warming import warming

RIGHT = "Maria Lind owns Atlas [1]."
# In a process of its own, as this one has loaded everything already.
FIRST_QUESTION = """
import json, sys
from api.service import open_service
from api.settings import load_settings
from api.warming import warm_up

with open_service(load_settings()) as service:
    entries = service.audit.search()
    warm_up(service)
    traces = service.kept.last(None, None, 10), service.audit.search()[len(entries):]
    warm = set(sys.modules)
    answer = service.ask("Who owns Atlas?", tier="large")
    print(json.dumps([answer.answer, sorted({name.partition(".")[0] for name in set(sys.modules) - warm}), traces]))
"""


def test_the_first_question_loads_nothing_large(place: Path, run: Run) -> None:
    assert run("ingest", "docs").code == 0
    with stand_in() as model:
        model.reply = RIGHT
        told = subprocess.run(
            [sys.executable, "-c", FIRST_QUESTION],
            env={**os.environ, "OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url},
            capture_output=True,
            check=True,
        )
        assert len(model.requests) == 1
    answer, loaded, traces = json.loads(told.stdout)
    assert answer == RIGHT
    assert not {"casbin", "langchain", "langchain_openai", "onnxruntime", "openai", "scipy", "spacy"} & set(loaded)
    assert traces == [[], []]


def test_what_cannot_be_loaded_is_told_and_does_not_stop_the_server(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVIGRAPH_MODELS", str(place / "gone.toml"))
    with open_service(load_settings()) as service, warming(service):
        pass
    assert capsys.readouterr().err.startswith("Not ready for questions: ")
