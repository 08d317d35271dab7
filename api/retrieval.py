"""The command `evaluate retrieval`: a corpus with questions into a fresh graph, and how often its evidence is found."""

import gzip
import json
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from api import parts, render
from api.errors import WrongUse
from api.service import Service, open_service
from api.settings import Settings, load_settings

CORPUS = "evigraph-evaluation"
CUTS = (2, 5, 10)
_LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """One passage of the corpus, which becomes a document of its own."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the entries that hold its evidence."""

    id: str
    text: str
    supporting: frozenset[str]
    kind: str

    @property
    def fitted_on(self) -> bool:
        """Whether it is in the half of the questions that weights may be fitted on (see `scripts/fit_ranking.py`)."""
        return zlib.crc32(self.id.encode()) % 2 == 0


def evaluate(data: Path, store: str | None, titles: bool, as_json: bool) -> None:
    """Ingest, ask, and print the figures. Raises `WrongUse`, `StoreError`."""
    entries, questions = read_corpus(data), read_questions(data)
    with fresh_graph(store) as service:
        ingest_entries(service, entries, titles)
        figures = measure(service, questions)
    if as_json:
        render.say_json(figures)
    else:
        _show(figures, data.name, titles)


def read_corpus(data: Path) -> list[Entry]:
    """The passages in corpus.jsonl(.gz): id, title, text. Raises `WrongUse`."""
    rows = _read(data, "corpus.jsonl", ("id", "text"))
    return [Entry(str(row["id"]), str(row.get("title") or ""), str(row["text"])) for row in rows]


def read_questions(data: Path) -> list[Asked]:
    """The questions in questions.jsonl(.gz): id, question, supporting, kind. Raises `WrongUse`."""
    rows = _read(data, "questions.jsonl", ("id", "question", "supporting"))
    return [
        Asked(str(row["id"]), str(row["question"]), frozenset(map(str, row["supporting"])), str(row.get("kind", "")))
        for row in rows
        if row["supporting"]
    ]


def _read(data: Path, name: str, needed: Sequence[str]) -> list[dict[str, Any]]:
    path = next((path for path in (data / f"{name}.gz", data / name) if path.is_file()), None)
    if path is None:
        raise WrongUse(f"{data} has neither {name} nor {name}.gz; give a folder with a corpus and its questions.")
    try:
        held = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rows = [json.loads(line) for line in held.decode().split("\n") if line.strip()]
    except (OSError, EOFError, ValueError) as error:
        raise WrongUse(f"{path} cannot be read as JSON Lines; mend it.") from error
    for number, row in enumerate(rows, start=1):
        if missing := [key for key in needed if key not in row]:
            raise WrongUse(f"Entry {number} of {path} lacks {', '.join(missing)}.")
    if not rows:
        raise WrongUse(f"{path} is empty; give a folder with a corpus and its questions.")
    return rows


@contextmanager
def fresh_graph(store: str | None) -> Iterator[Service]:
    """An empty graph: embedded in a temporary folder, or the one at an address, which must be empty and is again."""
    base = load_settings()
    with tempfile.TemporaryDirectory(prefix="evigraph-") as home:
        settings = base.on(store or f"embedded:{Path(home) / 'graph'}")
        with open_service(settings) as service:
            try:
                _require_empty(service, settings)
                yield service
            finally:
                if store:
                    _empty(service)


def _require_empty(service: Service, settings: Settings) -> None:
    held = sum(row["corpus"] != CORPUS for row in service.documents())
    if held:
        raise WrongUse(
            f"The graph at {settings.graph} holds {held} documents, and an evaluation needs an empty one; "
            "give another --store."
        )
    _empty(service)  # what an interrupted evaluation left


def _empty(service: Service) -> None:
    for row in service.documents():
        if row["corpus"] == CORPUS:
            service.remove(row["id"])


def ingest_entries(service: Service, entries: Sequence[Entry], titles: bool) -> None:
    """Each entry as a Markdown document under its id, with its title as the heading or without any title."""
    from extraction.report import IngestReport
    from extraction.sources import Source

    sources = []
    for entry in entries:
        text = f"# {entry.title}\n\n{entry.text}" if titles and entry.title else entry.text
        sources.append(Source(f"corpus:{entry.id}.md", f"{entry.id}.md", data=text.encode()))
    with render.progress_bar("Ingesting") as progress:
        service.ingest(sources, IngestReport(), corpus=CORPUS, access=(), progress=progress)


def measure(service: Service, questions: Sequence[Asked]) -> dict[str, Any]:
    """Recall of the supporting entries, and milliseconds; also of the questions that nothing was fitted on."""
    from qa.ranking.walk import shipped_weights

    found: dict[str, list[str]] = {}
    times: dict[str, float] = {}
    rank_entries(service, questions[0].text)  # loads the models
    with render.progress_bar("Asking") as progress:
        for done, asked in enumerate(questions, start=1):
            started = time.perf_counter()
            found[asked.id] = rank_entries(service, asked.text)
            times[asked.id] = 1000 * (time.perf_counter() - started)
            progress(done, len(questions), "")
    kinds = sorted({asked.kind for asked in questions} - {""})
    return {
        **figures(questions, found, times),
        "not_fitted_on": figures([asked for asked in questions if not asked.fitted_on], found, times),
        "kinds": {kind: figures([asked for asked in questions if asked.kind == kind], found, times) for kind in kinds},
        "weights": shipped_weights().version,
    }


def rank_entries(service: Service, text: str) -> list[str]:
    """The ids of the entries, best first; an entry counts where its first passage does."""
    from qa.link import link
    from qa.question import understand
    from qa.ranking.rank import rank_passages
    from qa.recorder import Recorder

    ontology = parts.ontology(service.settings)
    question, recorder = understand(text, ontology), Recorder(service.store, None)
    rows = rank_passages(question, link(question, recorder, ontology), recorder, _LOOKED_AT)
    return list(dict.fromkeys(entry_id(row["uri"]) for row in rows))


def entry_id(uri: str) -> str:
    """The id of the entry that a document was made of."""
    return uri.removeprefix("corpus:").removesuffix(".md")


def figures(
    questions: Sequence[Asked], found: Mapping[str, Sequence[str]], times: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """Recall at each of CUTS, a question's share of its supporting entries, and P50 and P95 of the times in ms."""
    if not questions:
        return {"questions": 0}
    recalls = {
        f"recall@{cut}": round(
            sum(len(asked.supporting & set(found[asked.id][:cut])) / len(asked.supporting) for asked in questions)
            / len(questions),
            4,
        )
        for cut in CUTS
    }
    taken = [times[asked.id] for asked in questions] if times else []
    percentiles = {f"ms_p{cut}": round(float(np.percentile(taken, cut)), 1) for cut in (50, 95)} if taken else {}
    return {"questions": len(questions), **recalls, **percentiles}


def _show(figures: Mapping[str, Any], name: str, titles: bool) -> None:
    render.say(f"{name}, {'with titles' if titles else 'titles withheld'}; the weights are {figures['weights']}")
    render.say(
        f"{'':24}{'questions':>10}" + "".join(f"{f'recall@{cut}':>11}" for cut in CUTS) + f"{'P50 ms':>9}{'P95 ms':>9}"
    )
    rows = {"all": figures, "not fitted on": figures["not_fitted_on"], **figures["kinds"]}
    for label, row in rows.items():
        if row["questions"]:
            recalls = "".join(f"{row[f'recall@{cut}']:11.3f}" for cut in CUTS)
            render.say(f"{label[:23]:24}{row['questions']:10}{recalls}{row['ms_p50']:9.0f}{row['ms_p95']:9.0f}")
