"""`evigraph train` and `evigraph evaluate extraction`, typed as a user types them, on a made-up corpus."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import spacy
from tiny_corpus import write_corpus

RECIPE = """
[training]
seed = 1
epochs = {epochs}
encoder_rate = 2e-4
head_rate = 1e-3
weight_decay = 0.01
batch_pieces = 192
relation_weight = 1.0

[[corpora]]
folder = "made-up"
source = "A made-up corpus"
licence = "none"
relations = true

[types]
Person = "Peop"
Organization = "Org"

[relations]
EMPLOYED_BY = "Work_For"
"""


def evigraph(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "api.cli", *map(str, arguments)], capture_output=True, text=True)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_corpus(tmp_path / "data" / "made-up")
    return tmp_path / "data"


def test_evaluate_prints_figures_beside_the_rules(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "corpus")
    run = evigraph("evaluate", "extraction", "--train", folder, "--test", folder, "--json")
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    assert set(result["entities"]) == set(result["relations"]) == {"precision", "recall", "f1"}
    assert result["part"] == "test"
    assert result["texts"] == 9
    assert result["entities"]["f1"] > result["rules"]["entities"]["f1"]
    assert result["words_per_second"] > 0
    assert set(result["types"]) == {"Peop", "Org", "Loc"}
    assert result["types"]["Peop"]["support"] == 9


def test_evaluate_without_a_corpus_is_one_sentence(tmp_path: Path) -> None:
    run = evigraph("evaluate", "extraction", "--train", tmp_path, "--test", tmp_path)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.count("\n") == 1
    assert "has no train part" in run.stderr


def test_train_writes_a_pipeline_with_its_card_that_spacy_loads(tmp_path: Path, data: Path) -> None:
    (tmp_path / "recipe.toml").write_text(RECIPE.format(epochs=8), "utf-8")
    out = tmp_path / "model"
    run = evigraph("train", "--data", data, "--out", out, "--recipe", tmp_path / "recipe.toml")
    assert run.returncode == 0, run.stderr
    card = (out / "MODEL_CARD.md").read_text("utf-8")
    assert card in run.stdout
    assert "A made-up corpus: train part; none" in card
    doc = spacy.load(out)("Maria Lind works for Nordwind in Oslo .")
    assert {(item.text, item.label_) for item in doc.ents} == {("Maria Lind", "Person"), ("Nordwind", "Organization")}
    assert [(item.head, item.tail, item.label) for item in doc._.relations] == [(0, 1, "EMPLOYED_BY")]


def test_train_interrupted_says_so_and_goes_on(tmp_path: Path, data: Path) -> None:
    (tmp_path / "recipe.toml").write_text(RECIPE.format(epochs=200), "utf-8")
    out = tmp_path / "model"
    command = [sys.executable, "-m", "api.cli", "train", "--data", data, "--out", out]
    command += ["--recipe", tmp_path / "recipe.toml"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
        # A shell without job control has Ctrl-C ignored by what it runs in the background, these tests for instance.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 180
    while not (out / "checkpoint.npz").exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.strip() == "Interrupted. Run the same command again to go on after the last whole epoch."
    assert (out / "checkpoint.npz").exists()
    assert not (out / "MODEL_CARD.md").exists()


def test_train_without_the_corpora_writes_nothing(tmp_path: Path) -> None:
    run = evigraph("train", "--data", tmp_path, "--out", tmp_path / "model")
    assert (run.returncode, run.stdout) == (1, "")
    assert "redocred is no folder" in run.stderr
    assert not (tmp_path / "model").exists()
