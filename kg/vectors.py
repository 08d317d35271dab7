"""The embedded store's vectors: exact cosine search over one float matrix in a file beside the graph.

Each record is a passage id (22 bytes) and a float32 vector. Vectors are appended and flushed to disk before the graph
commits, so a passage in the graph always has its vector; records without a passage (an interrupted write, a removed
document) are harmless, since every hit is looked up in the graph, and `compact` drops them.
"""

import os
import threading
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import numpy as np

from kg.embedding import DIMENSIONS
from kg.store import Vector

_RECORD = np.dtype([("id", "S22"), ("vector", "<f4", (DIMENSIONS,))])


class VectorFile:
    """An append-only file of unit vectors, searched exactly."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()  # a server searches while a document is written
        path.touch(exist_ok=True)
        whole = path.stat().st_size // _RECORD.itemsize * _RECORD.itemsize
        if whole != path.stat().st_size:  # a write cut short by a crash: drop the torn record
            os.truncate(path, whole)
        self._load()

    def _load(self) -> None:
        records = np.fromfile(self._path, dtype=_RECORD)
        self._ids: list[str] = []
        self._position: dict[str, int] = {}
        self._superseded: list[int] = []
        self._note([bytes(item).decode("ascii") for item in records["id"]])
        self._matrix = np.ascontiguousarray(records["vector"])
        self._pending: list[Vector] = []

    def _note(self, ids: Iterable[str]) -> None:
        for passage_id in ids:
            if passage_id in self._position:
                self._superseded.append(self._position[passage_id])
            self._position[passage_id] = len(self._ids)
            self._ids.append(passage_id)

    def _merged(self) -> Vector:
        """All rows as one matrix; joined only when it is read, as an ingest appends once a document."""
        if self._pending:
            self._matrix = np.concatenate([self._matrix, *self._pending])
            self._pending = []
        return self._matrix

    def append(self, vectors: Mapping[str, Vector]) -> None:
        """Add vectors by passage id and flush them to disk; a new vector of an id supersedes its former one."""
        with self._lock:
            self._append(vectors)

    def _append(self, vectors: Mapping[str, Vector]) -> None:
        held = {key for key in vectors if key in self._position}
        same = {key for key in held if np.array_equal(self._merged()[self._position[key]], vectors[key])}
        new = {key: vector for key, vector in vectors.items() if key not in same}
        if not new:
            return
        records = np.empty(len(new), dtype=_RECORD)
        records["id"] = [key.encode("ascii") for key in new]
        records["vector"] = np.stack(list(new.values()))
        try:
            with self._path.open("ab") as file:
                file.write(records.tobytes())
                file.flush()
                os.fsync(file.fileno())
        except OSError:  # a full disk: a torn record would shift all that come after it
            os.truncate(self._path, len(self._ids) * _RECORD.itemsize)
            raise
        self._note(new)
        self._pending.append(np.ascontiguousarray(records["vector"]))

    def nearest(self, vector: Vector, k: int) -> list[tuple[str, float]]:
        """The `k` nearest ids with cosine similarity, best first, ties by id."""
        with self._lock:
            k = min(k, len(self))
            if k == 0:
                return []
            scores = self._merged() @ vector
            scores[self._superseded] = -np.inf
            best = np.argpartition(-scores, k - 1)[:k]
            ranked = [(self._ids[row], round(float(scores[row]), 6)) for row in best]
        return sorted(ranked, key=lambda item: (-item[1], item[0]))

    def of(self, passage_ids: Iterable[str]) -> dict[str, Vector]:
        """The vectors of these passages; one that has none is left out."""
        with self._lock:
            matrix = self._merged()
            return {key: matrix[self._position[key]] for key in passage_ids if key in self._position}

    def __len__(self) -> int:
        return len(self._position)

    def compact(self, live: Collection[str]) -> None:
        """Rewrite the file with only the vectors of `live` passages; a crash leaves the old file."""
        with self._lock:
            self._compact(live)

    def _compact(self, live: Collection[str]) -> None:
        keep = [self._position[passage_id] for passage_id in sorted(live) if passage_id in self._position]
        records = np.empty(len(keep), dtype=_RECORD)
        records["id"] = [self._ids[row].encode("ascii") for row in keep]
        records["vector"] = self._merged()[keep]
        temporary = self._path.with_suffix(".new")
        temporary.write_bytes(records.tobytes())
        temporary.replace(self._path)
        self._load()
