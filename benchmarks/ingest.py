"""How fast documents come into the graph, stage by stage, beside what only reading and indexing them costs.

    .venv/bin/python -m benchmarks.ingest [--corpus DIR] [--store embedded|neo4j://HOST:PORT|both] [--workers N]
                                          [--repeat N] [--json FILE]

Every run is a process of its own, as the command `evigraph ingest` is: its start counts.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.settings import Settings, load_settings
from benchmarks import floors
from benchmarks.report import CannotMeasure, Row, cpu_seconds, document, note, run_command, show_table, write_json
from benchmarks.stores import CORPUS, Target, add_options, in_fresh_process, open_targets

#: `start` is imports, models and opening the graph; `other` is what the stages do not cover (lookups, closing).
STAGES = ("start", "load", "split", "extract", "resolve", "embed", "write", "merge", "other")


def measure(settings: Settings, corpus: Path, workers: int) -> dict[str, Any]:
    """One ingest of a folder, from nothing loaded to the graph closed. Runs in a process of its own."""
    began = time.perf_counter()
    from api.service import open_service
    from extraction.report import IngestReport
    from extraction.sources import find_sources

    report = IngestReport()
    sources = find_sources([corpus], report)
    with open_service(settings) as service:
        opened = time.perf_counter() - began
        service.ingest(sources, report, corpus=CORPUS, access=["everyone"], workers=workers)
    total = time.perf_counter() - began
    stages = {stage: report.seconds.get(stage, 0.0) for stage in STAGES if stage != "other"}
    stages["start"] += opened
    return {
        "documents": len(report.added) + len(report.changed),
        "unchanged": len(report.unchanged),
        "refused": len(report.refused),
        **{key: report.counts.get(key, 0) for key in ("passages", "words", "mentions", "entities", "facts")},
        "seconds": total,
        "cpu_seconds": cpu_seconds(),
        "stages": stages,
    }


def bench_store(target: Target, corpus: Path, workers: int, repeat: int) -> Row:
    """Ingest into the empty graph `repeat` times, each followed by the same ingest over again."""
    runs, again = [], []
    for _ in range(repeat):
        target.empty()
        runs.append(in_fresh_process(measure, target.settings, corpus, workers))
        again.append(in_fresh_process(measure, target.settings, corpus, workers))
    if not runs[0]["words"]:
        raise CannotMeasure(f"There is nothing to ingest in {corpus}; give a folder with documents to --corpus.")
    if again[0]["documents"]:
        raise CannotMeasure(f"A second ingest of {corpus} wrote {again[0]['documents']} documents; they should stand.")
    unchanged = sorted(again, key=lambda run: float(run["seconds"]))[(repeat - 1) // 2]
    return {
        **_row(f"evigraph, {target.name}", "store", runs, workers),
        "unchanged_seconds": round(unchanged["seconds"], 3),
        "unchanged_start_seconds": round(unchanged["stages"]["start"], 3),
    }


def bench_floor(subject: str, floor: Callable[..., dict[str, Any]], corpus: Path, writes: bool, repeat: int) -> Row:
    """Run a floor `repeat` times, each time into a new folder if it writes."""
    max_bytes = load_settings().max_bytes
    runs = []
    for _ in range(repeat):
        with tempfile.TemporaryDirectory(prefix="evigraph-floor-") as folder:
            where = (Path(folder) / "index",) if writes else ()
            runs.append(in_fresh_process(floor, corpus, max_bytes, *where))
    return _row(subject, "floor", runs, workers=1)


def _row(subject: str, kind: str, runs: list[dict[str, Any]], workers: int) -> Row:
    """The run of median speed, with the range of all."""
    run = sorted(runs, key=lambda item: float(item["seconds"]))[(len(runs) - 1) // 2]
    stages = {stage: run["stages"].get(stage, 0.0) for stage in STAGES}
    if workers == 1:  # several processes' stages add up to more than the time that passed
        stages["other"] = max(0.0, run["seconds"] - sum(stages.values()))
    whole = sum(stages.values())
    speeds = [item["words"] / item["seconds"] for item in runs]
    return {
        "subject": subject,
        "kind": kind,
        "runs": len(runs),
        **{key: value for key, value in run.items() if key not in ("seconds", "cpu_seconds", "stages", "unchanged")},
        "seconds": round(run["seconds"], 3),
        "cpu_seconds": round(run["cpu_seconds"], 3),
        "words_per_second": round(run["words"] / run["seconds"], 1),
        "words_per_second_range": [round(min(speeds), 1), round(max(speeds), 1)],
        "words_per_second_after_start": round(run["words"] / (run["seconds"] - stages["start"]), 1),
        "stage_seconds": {stage: round(value, 3) for stage, value in stages.items()},
        "stage_shares": {stage: round(value / whole, 4) for stage, value in stages.items()},
    }


def show(rows: list[Row]) -> None:
    """Print the speeds, and where the time went."""
    first = rows[0]
    title = f"Ingest: {first['documents']} documents, {first['words']} words, {first['passages']} passages"
    columns = ("", "seconds", "CPU s", "words/s", "min–max", "words/s after start", "unchanged again, s")
    lines = []
    for row in rows:
        low, high = row["words_per_second_range"]
        spent = (f"{row['seconds']:.2f}", f"{row['cpu_seconds']:.2f}")
        speed = (*spent, f"{row['words_per_second']:,.0f}", f"{low:,.0f}–{high:,.0f}")
        again = f"{row['unchanged_seconds']:.2f}" if "unchanged_seconds" in row else ""
        lines.append((row["subject"], *speed, f"{row['words_per_second_after_start']:,.0f}", again))
    show_table(title, columns, lines)
    shares = [[row["subject"], *(f"{row['stage_shares'][stage]:.1%}" for stage in STAGES)] for row in rows]
    show_table("Share of time by stage", ("", *STAGES), shares)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="benchmarks.ingest", description=(__doc__ or "").split("\n")[0])
    add_options(parser, repeat=3, repeated="ingests of which the median counts")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes that read documents; default 1")
    options = parser.parse_args()
    if options.repeat < 1 or options.workers < 1:
        parser.error("--repeat and --workers must be at least 1")
    if not options.corpus.is_dir():
        parser.error(f"{options.corpus} is not a folder")
    with open_targets(options.store) as targets:
        rows = []
        for target in targets.stores:
            note(f"Measuring the ingest into {target.name} …")
            rows.append(bench_store(target, options.corpus, options.workers, options.repeat))
    note("Measuring the floors …")
    for subject, floor, writes in (
        ("load and split only", floors.read, False),
        ("+ full text only (grafeo)", floors.full_text, True),
        ("+ full text and vectors", floors.full_text_and_vectors, True),
    ):
        rows.append(bench_floor(subject, floor, options.corpus, writes, options.repeat))
    show(rows)
    setup = {"corpus": options.corpus.resolve().name, "workers": options.workers, "repeat": options.repeat}
    if options.json:
        write_json(options.json, document("ingest", setup, targets.server, rows))


if __name__ == "__main__":
    raise SystemExit(run_command(main))
