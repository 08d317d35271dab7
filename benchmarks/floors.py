"""What reading documents costs without the graph: the floors that an ingest is compared with.

Each runs in a process of its own and imports inside, so that its start counts as an ingest's does.
"""

import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.report import cpu_seconds


def read(corpus: Path, max_bytes: int) -> dict[str, Any]:
    """Load and split every document."""
    return _measure(corpus, max_bytes, None, vectors=False)


def full_text(corpus: Path, max_bytes: int, folder: Path) -> dict[str, Any]:
    """Load, split and index the same passages by grafeo's full text: a search engine without a graph."""
    return _measure(corpus, max_bytes, folder, vectors=False)


def full_text_and_vectors(corpus: Path, max_bytes: int, folder: Path) -> dict[str, Any]:
    """The same with the passages' vectors: all that retrieval by passages alone needs."""
    return _measure(corpus, max_bytes, folder, vectors=True)


def _measure(corpus: Path, max_bytes: int, folder: Path | None, *, vectors: bool) -> dict[str, Any]:
    began = last = time.perf_counter()
    from extraction.document import UnreadableDocument
    from extraction.load import load_path
    from extraction.report import IngestReport
    from extraction.sources import find_sources
    from extraction.split import split
    from kg.embedding import default_embedder
    from kg.names import document_names

    seconds: defaultdict[str, float] = defaultdict(float)

    def lap(stage: str) -> None:
        nonlocal last
        now = time.perf_counter()
        seconds[stage] += now - last
        last = now

    index = _Index(folder) if folder else None
    if vectors:
        default_embedder()
    lap("start")
    documents = passages = words = 0
    for source in find_sources([corpus], IngestReport()):
        if source.path is None:
            continue
        try:
            loaded = load_path(source.path, max_bytes)
        except UnreadableDocument:
            continue
        lap("load")
        spans = split(loaded)
        lap("split")
        documents, passages, words = documents + 1, passages + len(spans), words + len(loaded.text.split())
        if index is None:
            continue
        names = document_names(loaded.title, source.uri)
        texts = [(span.heading, loaded.text[span.start : span.end]) for span in spans]
        if vectors:
            matrix = default_embedder().embed([f"{names}\n{heading}\n{text}" for heading, text in texts])
            lap("embed")
            index.add_vectors(matrix)
        index.add(names, texts)
        lap("write")
    if index:
        index.close()
        lap("write")
    total = time.perf_counter() - began
    counts = {"documents": documents, "passages": passages, "words": words}
    return {**counts, "seconds": total, "cpu_seconds": cpu_seconds(), "stages": dict(seconds)}


class _Index:
    """Passages in a grafeo file with a full-text index on the terms, one transaction a document."""

    def __init__(self, folder: Path) -> None:
        import grafeo

        from kg.vectors import VectorFile

        folder.mkdir(parents=True)
        self._graph: Any = grafeo.GrafeoDB(str(folder / "floor.grafeo"))
        self._graph.create_text_index("Passage", "terms", tokenizer="standard", stop_words=[])
        self._vectors = VectorFile(folder / "vectors.bin")
        self._count = 0

    def add_vectors(self, matrix: Any) -> None:
        self._vectors.append({f"v{len(self._vectors) + row}": vector for row, vector in enumerate(matrix)})

    def add(self, names: str, texts: list[tuple[str, str]]) -> None:
        from kg.terms import term_text

        rows = [{"text": text, "terms": term_text(names, heading, text)} for heading, text in texts]
        with self._graph.begin_transaction() as transaction:
            create = "UNWIND $rows AS row CREATE (:Passage {text: row.text, terms: row.terms})"
            transaction.execute_cypher(create, {"rows": rows})
            transaction.commit()

    def close(self) -> None:
        self._graph.close()
