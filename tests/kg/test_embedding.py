"""kg.embedding: the shipped sentence-embedding model."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kg import embedding
from kg.embedding import DIMENSIONS, Embedder, EmbeddingModelMissing, default_embedder

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [
    "The contract ends on 31 December 2024.",
    "",
    "Port Blair",
    "What is the seat of the county where Van Hook Township is located?",
    "Der Vertrag endet am 31. Dezember 2024; die Kündigungsfrist beträgt drei Monate.",
    "The pump's bearing failed because the lubricant was contaminated. " * 9,
    "東京は日本の首都です。",
    "x" * 500,
]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(threads=2)


def test_shape_type_and_unit_length(embedder: Embedder) -> None:
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), DIMENSIONS)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_texts(embedder: Embedder) -> None:
    vectors = embedder.embed([])
    assert vectors.shape == (0, DIMENSIONS)
    assert vectors.dtype == np.float32


@pytest.mark.parametrize(
    ("text", "similar", "unrelated"),
    [
        ("A man is eating food.", "Someone has a meal.", "The share price fell by nine percent."),
        (
            "The agreement may be terminated with three months' notice.",
            "Either party can end the contract after a notice period.",
            "The agreement covers the delivery of steel pipes.",
        ),
        (
            "Who is the chief executive of the company?",
            "Maria Jensen has led the firm as CEO since 2019.",
            "The company's headquarters are in Aarhus.",
        ),
        ("pump bearing failure", "The bearing of the pump broke down.", "A cheese and onion sandwich."),
    ],
)
def test_similar_is_closer_than_unrelated(embedder: Embedder, text: str, similar: str, unrelated: str) -> None:
    one, near, far = embedder.embed([text, similar, unrelated])
    assert one @ near > one @ far + 0.1


def test_similarities_are_the_float_models(embedder: Embedder) -> None:
    """The float32 model gives 0.6946 and 0.2569: weights, tokens and pooling are the right ones."""
    one, two, three = embedder.embed(["That is a happy person", "That is a happy dog", "Today is a sunny day"])
    assert one @ two == pytest.approx(0.6946, abs=0.01)
    assert one @ three == pytest.approx(0.2569, abs=0.01)


def test_vector_does_not_depend_on_the_batch_or_the_threads(embedder: Embedder) -> None:
    filler = [f"Filler number {n} " + "with more words " * (n % 40) for n in range(120)]
    mixed = embedder.embed(filler[:60] + TEXTS + filler[60:])[60 : 60 + len(TEXTS)]
    alone = np.concatenate([embedder.embed([text]) for text in TEXTS])
    assert np.abs(mixed - alone).max() < 1e-5
    assert np.abs(Embedder(threads=1).embed(TEXTS) - alone).max() < 1e-5


def test_order_is_restored(embedder: Embedder) -> None:
    forward = embedder.embed(TEXTS)
    assert np.allclose(embedder.embed(TEXTS[::-1])[::-1], forward, atol=1e-5)
    assert np.argmax(forward @ forward.T, axis=1).tolist() == list(range(len(TEXTS)))


def test_only_the_first_256_tokens_count(embedder: Embedder) -> None:
    start = "word " * 254  # with [CLS] and [SEP]: 256
    short, same, more = embedder.embed([start, start + "and then something else entirely " * 4000, start[:-50]])
    assert np.abs(short - same).max() < 1e-5
    assert np.abs(short - more).max() > 1e-4


def test_odd_text(embedder: Embedder) -> None:
    vectors = embedder.embed(["", " \n\t", "\ud800 lone surrogate", "\x00", "🙂"])
    assert np.isfinite(vectors).all()
    assert np.abs(vectors[0] - vectors[1]).max() < 1e-5  # nothing to read in either


def test_from_several_threads_at_once(embedder: Embedder) -> None:
    wanted = embedder.embed(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: embedder.embed(TEXTS), range(8)):
            assert np.abs(found - wanted).max() < 1e-5


def _in_new_process(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_same_bytes_in_two_processes() -> None:
    code = (
        "import hashlib; from kg.embedding import Embedder; "
        f"print(hashlib.sha256(Embedder({{}}).embed({TEXTS!r}).tobytes()).hexdigest())"
    )
    assert _in_new_process(code.format(1)) == _in_new_process(code.format(2))


def test_import_loads_nothing_heavy() -> None:
    code = "import sys, kg.embedding; print(sorted({'numpy', 'onnxruntime', 'tokenizers', 'torch'} & set(sys.modules)))"
    assert _in_new_process(code) == "[]"


def test_version_names_the_file(embedder: Embedder) -> None:
    model = ROOT / "kg" / "models" / "minilm" / "model.onnx"
    assert embedder.version == f"all-MiniLM-L6-v2-int8@{hashlib.sha256(model.read_bytes()).hexdigest()[:12]}"
    assert model.stat().st_size < 25_000_000


def test_missing_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(embedding, "_FOLDER", tmp_path)
    with pytest.raises(EmbeddingModelMissing, match=r"model\.onnx is missing: reinstall"):
        Embedder()


def test_threads_must_be_positive() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Embedder(threads=0)


def test_default_embedder_is_shared() -> None:
    assert default_embedder() is default_embedder()
