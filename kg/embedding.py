"""Sentence vectors on the local machine: all-MiniLM-L6-v2 run by onnxruntime, without torch or network.

Why int8 weights but float32 arithmetic: quantised activations share one scale over a batch (measured: cosine
0.987 between a text alone and the same text in a batch), which breaks "same input, same facts"; the int8 file
is 24 MB instead of 90 and retrieves as well (MuSiQue recall@5 0.535, float 0.536) at float speed.
Batches hold texts of one token count only, so there is no padding and a vector is the same bit for bit
whatever else is embedded with it and on however many threads (measured on x86-64); nothing is rounded.
Another processor or onnxruntime release may differ in the last digits.
scripts/convert_minilm.py builds the files in kg/models/minilm.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.names import document_names

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DIMENSIONS = 384
MAX_TOKENS = 256  # what the model was trained for, [CLS] and [SEP] included; later text is not read
_BATCH_TOKENS = 1024  # tokens per run; more is slower (the activations leave the processor's cache)
_FOLDER = Path(__file__).parent / "models" / "minilm"
#: Of the same encoder, for who reads word pieces.
TOKENIZER = _FOLDER / "tokenizer.json"


class EmbeddingModelMissing(RuntimeError):
    """The model's files are not where the package should have them."""


class Embedder:
    """Sentence vectors by all-MiniLM-L6-v2: mean of the last layer's token vectors, scaled to unit length.

    Reimers & Gurevych 2019, "Sentence-BERT" (the training and pooling); Wang et al. 2020, "MiniLM" (the
    6-layer, 384-wide encoder). One object may be used from several threads at once.
    """

    digest: str  # model.onnx's SHA-256
    version: str  # "all-MiniLM-L6-v2-int8@" and the digest's first 12 hexadecimal digits

    def __init__(self, threads: int | None = None) -> None:
        """Load the model. `threads`: how many batches run at once; None for one per processor."""
        if threads is not None and threads < 1:
            raise ValueError(f"threads must be at least 1, not {threads}.")
        self._threads = threads or os.cpu_count() or 1
        try:
            model = (_FOLDER / "model.onnx").read_bytes()
            words = TOKENIZER.read_text("utf-8")
        except FileNotFoundError as error:
            raise EmbeddingModelMissing(
                f"The embedding model's file {error.filename} is missing: reinstall the package, "
                "or build it with scripts/convert_minilm.py."
            ) from error
        self.digest = hashlib.sha256(model).hexdigest()
        self.version = f"all-MiniLM-L6-v2-int8@{self.digest[:12]}"
        # Imported by name: both packages are slow to import and come without type hints.
        onnxruntime: Any = import_module("onnxruntime")
        tokenizers: Any = import_module("tokenizers")
        self._tokenizer: Any = tokenizers.Tokenizer.from_str(words)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        options: Any = onnxruntime.SessionOptions()
        # One thread per batch, several batches at once: no barriers inside a run, so a busy machine only
        # slows it in proportion.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of unit length, row i for texts[i]: float32 [len(texts), 384]; for no texts [0, 384].

        A text's first 256 tokens count. The empty string has a vector too (of [CLS] and [SEP] alone).
        """
        import numpy as np

        # One by one, not encode_batch: that starts a thread pool of its own, for 1% of the time.
        ids = [self._token_ids(text) for text in texts]
        vectors = np.empty((len(ids), DIMENSIONS), dtype=np.float32)

        def run(rows: list[int]) -> None:
            tokens = np.array([ids[row] for row in rows], dtype=np.int64)  # [batch, tokens], no padding
            feed = {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
            vectors[rows] = self._session.run(["embedding"], feed)[0]

        batches = list(_batches([len(line) for line in ids]))
        if self._threads == 1 or len(batches) < 2:
            for rows in batches:
                run(rows)
        else:
            with ThreadPoolExecutor(min(self._threads, len(batches))) as pool:
                list(pool.map(run, batches))  # list: raises what a run raised
        return vectors

    def is_common(self, word: str) -> bool:
        """Whether a word is one piece to the model, as common words and common names are."""
        return len(self._token_ids(word)) == 3  # with what begins and ends every text

    def _token_ids(self, text: str) -> list[int]:
        """The text's word-piece numbers, 2 to 256 of them; a lone surrogate reads as "?"."""
        ids: list[int] = self._tokenizer.encode(text.encode("utf-8", "replace").decode("utf-8")).ids
        return ids


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions grouped by equal length, longest first, so that the threads finish at about the same time."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda position: -lengths[position]):
        length = lengths[row]
        if batch and (lengths[batch[0]] != length or (len(batch) + 1) * length > _BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def text_of_passage(title: str, uri: str, heading: str, text: str) -> str:
    """What of a passage is embedded: what its document is called, its heading, its text."""
    return f"{document_names(title, uri)}\n{heading}\n{text}"


@cache
def default_embedder() -> Embedder:
    """The process's shared embedder, loaded on first use."""
    return Embedder()
