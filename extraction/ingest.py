"""Files into the graph: each document prepared (load, split, tag, relate, resolve, embed) and written at once.

A document that has not changed is left alone, so an interrupted or repeated ingest never does work twice.
"""

import hashlib
import signal
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from extraction.document import LoadedDocument, UnreadableDocument
from extraction.load import SUFFIXES, load_bytes, load_path
from extraction.resolve import build_graph
from extraction.rules import RuleExtractor
from extraction.split import split
from kg.embedding import default_embedder
from kg.model import Document, DocumentGraph, Run, document_id, make_id
from kg.names import document_names
from kg.ontology import load_ontology
from kg.store import GraphStore, Vector
from kg.writer import document_state, write_document

EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How documents are taken in; `access` names the groups that may see them."""

    corpus: str = "default"
    access: tuple[str, ...] = (EVERYONE,)
    extractor: str = "rules"
    ontology: Path | None = None
    max_bytes: int = 100_000_000
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Source:
    """One input: a file, or uploaded bytes under a name."""

    uri: str
    name: str
    path: Path | None = None
    data: bytes | None = None


@dataclass(slots=True)
class IngestReport:
    """What became of each input, by URI; `seconds` by stage."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    warnings: dict[str, list[str]] = field(default_factory=dict)
    left_out: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def in_part(self) -> bool:
        """Whether anything given was left out: a file refused, or a record of one."""
        return bool(self.refused or self.left_out)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to be written, with its passages' vectors and the seconds each stage took."""

    graph: DocumentGraph
    vectors: dict[str, Vector]
    warnings: tuple[str, ...]
    left_out: int
    seconds: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Job:
    source: Source
    version: int
    options: IngestOptions
    run: Run


Progress = Callable[[int, int, str], None]


def find_sources(paths: Iterable[Path], report: IngestReport) -> list[Source]:
    """The files to read: those named, and the readable kinds in folders; what is refused or skipped is reported."""
    sources: dict[str, Source] = {}
    for path in paths:
        try:
            for found in _files(path):
                uri = _uri(found)
                if found == path or found.suffix.lower() in SUFFIXES:
                    sources[uri] = Source(uri, found.name, path=found)
                else:
                    report.skipped.append(uri)
        except FileNotFoundError:
            report.refused[str(path)] = f"{path} does not exist; check the path."
        except OSError as error:
            report.refused[str(path)] = f"{path} cannot be read ({error.strerror}); check the path."
    return list(sources.values())


def _files(path: Path) -> list[Path]:
    """The file itself, or those of a folder that are not hidden. Raises OSError."""
    if not path.is_dir():
        if not path.exists():
            raise FileNotFoundError
        return [path]
    found = sorted(item for item in path.rglob("*") if item.is_file())
    return [item for item in found if not any(part.startswith((".", "~$")) for part in item.relative_to(path).parts)]


def ingest(
    store: GraphStore, sources: Sequence[Source], options: IngestOptions, report: IngestReport, progress: Progress
) -> IngestReport:
    """Bring the sources into the graph, each in one transaction, and fill in the report.

    `progress(done, total, name)` is called after each. Raises `StoreError`; what was written before stays.
    """
    run = new_run(options)
    for done, (source, outcome) in enumerate(_prepared(store, sources, options, run), start=1):
        if isinstance(outcome, Prepared):
            started = time.perf_counter()
            replaces = outcome.graph.document.version > 1
            write_document(store, outcome.graph, outcome.vectors, replaces)
            _count(report, outcome, replaces, time.perf_counter() - started)
        elif isinstance(outcome, UnreadableDocument):
            report.refused[source.uri] = str(outcome)
        else:
            report.unchanged.append(source.uri)
        progress(done, len(sources), source.name)
    return report


def new_run(options: IngestOptions) -> Run:
    """The run that this ingest's facts are generated by."""
    extractor = make_extractor(options.extractor, options.ontology)
    version = f"{extractor.version}+{default_embedder().version}"
    started = datetime.now(UTC).isoformat(timespec="seconds")
    identity = make_id("r", extractor.name, version, extractor.ontology.version, started)
    return Run(identity, extractor.name, version, extractor.ontology.version, started)


@cache
def make_extractor(name: str, ontology: Path | None) -> RuleExtractor:
    """The extractor that a setting names: `rules` or `spacy:PIPELINE`. Raises ValueError with one sentence."""
    loaded = load_ontology(ontology) if ontology else load_ontology()
    if name == "rules":
        return RuleExtractor(loaded)
    kind, _, pipeline = name.partition(":")
    if kind == "spacy" and pipeline:
        return RuleExtractor(loaded, pipeline)
    raise ValueError(f"There is no extractor {name!r}; set EVIGRAPH_EXTRACTOR to rules or spacy:PIPELINE.")


def _prepared(
    store: GraphStore, sources: Sequence[Source], options: IngestOptions, run: Run
) -> Iterator[tuple[Source, Prepared | UnreadableDocument | None]]:
    """Each source with what came of it, in order; None when the graph holds it already."""
    if options.workers <= 1:
        for source in sources:
            yield source, _outcome(_job(store, source, options, run))
        return
    # Processes, since the work is Python; spawned, since forking a process with threads and a database is not safe.
    # Ctrl-C reaches every process of the terminal; only this one answers it.
    pool_of = ProcessPoolExecutor(options.workers, get_context("spawn"), initializer=_ignore_interrupt, initargs=())
    with pool_of as pool:
        waiting = deque(sources)
        window: deque[tuple[Source, Future[Prepared | UnreadableDocument | None]]] = deque()
        while waiting or window:
            # A document given twice waits for itself to be written: what it needs depends on what is held.
            while (
                waiting and len(window) < 2 * options.workers and waiting[0].uri not in {item.uri for item, _ in window}
            ):
                source = waiting.popleft()
                window.append((source, _submitted(pool, _job(store, source, options, run))))
            source, future = window.popleft()
            yield source, future.result()


def _submitted(
    pool: ProcessPoolExecutor, job: _Job | UnreadableDocument | None
) -> Future[Prepared | UnreadableDocument | None]:
    if isinstance(job, _Job):
        return pool.submit(_outcome, job)
    nothing_to_do: Future[Prepared | UnreadableDocument | None] = Future()  # starts no process
    nothing_to_do.set_result(job)
    return nothing_to_do


def _ignore_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _job(store: GraphStore, source: Source, options: IngestOptions, run: Run) -> _Job | UnreadableDocument | None:
    """The work that a source needs: none when the graph holds the very same document."""
    state = document_state(store, document_id(options.corpus, source.uri))
    if state is None:
        return _Job(source, 1, options, run)
    try:
        digest = _digest(source, options.max_bytes)
    except OSError as error:
        return UnreadableDocument(f"{source.name} cannot be read ({error.strerror}); check its permissions.")
    same = state["sha256"] == digest and sorted(state["access"]) == sorted(options.access)
    if same and state["extractor"] == _extractor_version(run):
        return None
    return _Job(source, state["version"] + 1, options, run)


def _digest(source: Source, max_bytes: int) -> str:
    if source.path is None:
        return hashlib.sha256(source.data or b"").hexdigest()
    if source.path.stat().st_size > max_bytes:
        return ""  # loading it will refuse it by its size
    with source.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _extractor_version(run: Run) -> str:
    return f"{run.extractor} {run.model_version} {run.ontology_version}"


def _outcome(job: _Job | UnreadableDocument | None) -> Prepared | UnreadableDocument | None:
    if not isinstance(job, _Job):
        return job
    try:
        return prepare(job.source, job.version, job.options, job.run)
    except UnreadableDocument as error:
        return error


def prepare(source: Source, version: int, options: IngestOptions, run: Run) -> Prepared:
    """Everything but the writing, for one document. Raises `UnreadableDocument`."""
    clock = _Clock()
    loaded = _load(source, options.max_bytes)
    clock.lap("load")
    spans = split(loaded)
    clock.lap("split")
    extractor = make_extractor(options.extractor, options.ontology)
    extraction = extractor.extract(loaded, spans)
    clock.lap("extract")
    document = Document(
        id=document_id(options.corpus, source.uri),
        uri=source.uri,
        title=loaded.title,
        media_type=loaded.media_type,
        sha256=loaded.sha256,
        version=version,
        corpus=options.corpus,
        access=options.access,
        ingested_at=run.started_at,
        extractor=_extractor_version(run),
    )
    graph = build_graph(document, loaded, spans, extraction, run, extractor.ontology)
    clock.lap("resolve")
    texts = [
        f"{document_names(loaded.title, source.uri)}\n{passage.heading}\n{passage.text}" for passage in graph.passages
    ]
    matrix = default_embedder().embed(texts)
    clock.lap("embed")
    vectors = {passage.id: matrix[row] for row, passage in enumerate(graph.passages)}
    return Prepared(graph, vectors, loaded.warnings, loaded.left_out, clock.seconds)


def _load(source: Source, max_bytes: int) -> LoadedDocument:
    if source.path is not None:
        return load_path(source.path, max_bytes)
    return load_bytes(source.data or b"", source.name, max_bytes)


class _Clock:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage] = now - self._last
        self._last = now


def _count(report: IngestReport, prepared: Prepared, replaced: bool, write_seconds: float) -> None:
    graph = prepared.graph
    (report.changed if replaced else report.added).append(graph.document.uri)
    report.left_out += prepared.left_out
    if prepared.warnings:
        report.warnings[graph.document.uri] = list(prepared.warnings)
    report.counts.update(
        passages=len(graph.passages),
        mentions=len(graph.mentions),
        entities=len(graph.entities),
        facts=len(graph.facts),
        words=len(graph.text.split()),
    )
    for stage, seconds in (*prepared.seconds.items(), ("write", write_seconds)):
        report.seconds[stage] += seconds


def _uri(path: Path) -> str:
    return path.resolve().as_uri()
