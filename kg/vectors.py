"""The embedded store's vectors: exact cosine search over one float matrix in a file beside the graph.

Each record is a passage id (22 bytes) and a float32 vector. Vectors are appended and flushed to disk before the graph
commits, so a passage in the graph always has its vector; records without a passage (an interrupted write, a removed
document) are harmless, since every hit is looked up in the graph, and `compact` drops them.
"""

import os
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np

from kg.embedding import DIMENSIONS
from kg.store import Vector

_RECORD = np.dtype([("id", "S22"), ("vector", "<f4", (DIMENSIONS,))])


class VectorFile:
    """An append-only file of unit vectors, searched exactly."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch(exist_ok=True)
        whole = path.stat().st_size // _RECORD.itemsize * _RECORD.itemsize
        if whole != path.stat().st_size:  # a write cut short by a crash: drop the torn record
            os.truncate(path, whole)
        self._load()

    def _load(self) -> None:
        records = np.fromfile(self._path, dtype=_RECORD)
        self._ids = [bytes(item).decode("ascii") for item in records["id"]]
        self._matrix = np.ascontiguousarray(records["vector"])
        self._position = {passage_id: row for row, passage_id in enumerate(self._ids)}

    def append(self, vectors: Mapping[str, Vector]) -> None:
        """Add vectors by passage id and flush them to disk; ids already held are left as they are."""
        new = {key: vector for key, vector in vectors.items() if key not in self._position}
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
        self._position.update({key: len(self._ids) + row for row, key in enumerate(new)})
        self._ids.extend(new)
        self._matrix = np.concatenate([self._matrix, records["vector"]])

    def nearest(self, vector: Vector, k: int) -> list[tuple[str, float]]:
        """The `k` nearest ids with cosine similarity, best first, ties by id."""
        if not self._ids:
            return []
        scores = self._matrix @ vector
        k = min(k, len(scores))
        best = np.argpartition(-scores, k - 1)[:k]
        ranked = [(self._ids[row], round(float(scores[row]), 6)) for row in best]
        return sorted(ranked, key=lambda item: (-item[1], item[0]))

    def __len__(self) -> int:
        return len(self._ids)

    def compact(self, live: Collection[str]) -> None:
        """Rewrite the file with only the vectors of `live` passages; a crash leaves the old file."""
        keep = [self._position[passage_id] for passage_id in sorted(live) if passage_id in self._position]
        records = np.empty(len(keep), dtype=_RECORD)
        records["id"] = [self._ids[row].encode("ascii") for row in keep]
        records["vector"] = self._matrix[keep]
        temporary = self._path.with_suffix(".new")
        temporary.write_bytes(records.tobytes())
        temporary.replace(self._path)
        self._load()
