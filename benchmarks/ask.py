"""How long a question takes, stage by stage, cold and warm, beside the bare searches for the same question.

    .venv/bin/python -m benchmarks.ask [--questions FILE] [--corpus DIR] [--store embedded|neo4j://HOST:PORT|both]
                                       [--repeat N] [--json FILE]

The questions are asked in a process that has nothing loaded, without a model that writes (tier none).
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from api.settings import Settings
from benchmarks.ingest import measure as ingest
from benchmarks.report import CannotMeasure, Row, document, note, percentiles, run_command, show_table, write_json
from benchmarks.stores import ROOT, Target, add_options, in_fresh_process, open_targets

if TYPE_CHECKING:
    from api.service import Service

SAMPLE = ROOT / "examples" / "questions.jsonl"
STAGES = ("link", "plan", "retrieve", "synthesize", "verify", "total")
_SEARCHED = 20


def measure(settings: Settings, questions: Sequence[str], repeat: int) -> list[Row]:
    """All questions on one graph: the first one cold, the others of the first pass, then `repeat` passes warm."""
    began = time.perf_counter()
    from api.service import open_service

    with open_service(settings) as service:
        start = _since(began)
        cold = _asked(service, questions[:1])
        first_answer = _since(began)
        rows = [
            {**_ask_row("cold", cold), "start_ms": start, "first_answer_ms": first_answer},
            _ask_row("first pass", _asked(service, questions[1:] or questions)),
            _ask_row("warm", [item for _ in range(repeat) for item in _asked(service, questions)]),
        ]
        return rows + _floors(service, questions, repeat)


def _asked(service: "Service", questions: Sequence[str]) -> list[dict[str, Any]]:
    """What each question took: `latency_ms` of the answer, the whole call, the time inside queries and the model.

    The model is the one that embeds; `platform` is the call without it: answering, keeping the answer, the audit trail.
    """
    found = []
    service.forget_answers()
    for question in questions:
        with _watched_model() as model:
            began = time.perf_counter()
            answer = service.ask(question, None, "none")
            call = _since(began)
        inside = sum(query.ms for query in answer.trace.queries)
        sides = {"in_queries": inside, "embedding": model.ms, "call": call, "platform": call - model.ms}
        asked = {"queries": len(answer.trace.queries), "answered": answer.status == "answered"}
        found.append({"ms": {**answer.trace.latency_ms, **sides}, **asked})
    return found


@dataclass(slots=True)
class _Model:
    """Milliseconds in the embedding model."""

    ms: float = 0.0


@contextmanager
def _watched_model() -> Iterator[_Model]:
    from kg.embedding import default_embedder

    model, embedder = _Model(), default_embedder()

    class Watched:
        """The embedder, timed."""

        def embed(self, texts: Sequence[str]) -> Any:
            began = time.perf_counter()
            try:
                return embedder.embed(texts)
            finally:
                model.ms += _since(began)

    with patch("qa.nearness.default_embedder", Watched):
        yield model


def _ask_row(phase: str, asked: list[dict[str, Any]]) -> Row:
    inside, total = (sum(item["ms"][key] for item in asked) for key in ("in_queries", "total"))
    return {
        "kind": "ask",
        "phase": phase,
        "samples": len(asked),
        "answered": round(sum(item["answered"] for item in asked) / len(asked), 4),
        "queries": percentiles([item["queries"] for item in asked]),
        "in_queries_share": round(inside / total, 4),
        "ms": {key: percentiles([item["ms"][key] for item in asked]) for key in asked[0]["ms"]},
    }


def _floors(service: "Service", questions: Sequence[str], repeat: int) -> list[Row]:
    """The same questions as bare full text, and as full text and vectors fused: search without a graph."""
    from kg.terms import term_text
    from qa.nearness import vectors_of

    def full_text(question: str) -> None:
        service.store.search_text("search_passages", term_text(question), _SEARCHED, None, None)

    def hybrid(question: str) -> None:
        vector = vectors_of([question])[0]
        service.store.search_text("search_passages", term_text(question), _SEARCHED, None, None)
        service.store.search_vectors(vector, _SEARCHED, None, None)

    floors = (("floor: full text", full_text), ("floor: text + vectors", hybrid))
    return [_floor_row(phase, search, questions, repeat) for phase, search in floors]


def _floor_row(phase: str, search: Callable[[str], None], questions: Sequence[str], repeat: int) -> Row:
    times = []
    for _ in range(repeat):
        for question in questions:
            began = time.perf_counter()
            search(question)
            times.append(_since(began))
    return {"kind": "floor", "phase": phase, "samples": len(times), "ms": {"total": percentiles(times)}}


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 3)


def bench_store(target: Target, corpus: Path, questions: Sequence[str], repeat: int) -> list[Row]:
    """Bring the corpus in, then ask."""
    taken = in_fresh_process(ingest, target.settings, corpus, 1)
    if not taken["passages"]:
        raise CannotMeasure(f"There is nothing to ask in {corpus}; give a folder with documents to --corpus.")
    return [{"store": target.name, **row} for row in in_fresh_process(measure, target.settings, questions, repeat)]


def show(rows: list[Row]) -> None:
    """Print the latencies; P50 and P95 of each."""
    keys = (*STAGES, "in_queries", "embedding", "call", "platform")
    lines = []
    for row in rows:
        cells = [_cell(row["ms"].get(key)) for key in keys]
        extra = (f"{row['in_queries_share']:.0%}", f"{row['queries']['p50']:.0f}") if "queries" in row else ("", "")
        lines.append((f"{row['store']}, {row['phase']}", str(row["samples"]), *cells, *extra))
    columns = ("", "asked", *STAGES, "in queries", "embedding", "call", "platform", "share in", "queries")
    show_table("Ask: milliseconds, P50 / P95", columns, lines)
    for row in rows:
        if "start_ms" in row:
            note(
                f"{row['store']}: {row['start_ms']:,.0f} ms from an empty process to the open graph, "
                f"{row['first_answer_ms']:,.0f} ms to the first answer."
            )


def _cell(value: dict[str, float] | None) -> str:
    return " / ".join(f"{value[key]:.{0 if value[key] >= 100 else 1}f}" for key in ("p50", "p95")) if value else ""


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="benchmarks.ask", description=(__doc__ or "").split("\n")[0])
    add_options(parser, repeat=2, repeated="warm passes over all questions")
    parser.add_argument("--questions", type=Path, default=SAMPLE, metavar="FILE", help="JSON Lines; default: samples")
    options = parser.parse_args()
    if options.repeat < 1:
        parser.error("--repeat must be at least 1")
    if not options.corpus.is_dir():
        parser.error(f"{options.corpus} is not a folder")
    from qa.evaluate import read_questions

    questions = [item.question for item in read_questions(options.questions)]
    rows: list[Row] = []
    with open_targets(options.store) as targets:
        for target in targets.stores:
            note(f"Measuring the questions on {target.name} …")
            rows += bench_store(target, options.corpus, questions, options.repeat)
    show(rows)
    setup = {"corpus": options.corpus.resolve().name, "questions": len(questions), "repeat": options.repeat}
    if options.json:
        write_json(options.json, document("ask", setup, targets.server, rows))


if __name__ == "__main__":
    raise SystemExit(run_command(main))
