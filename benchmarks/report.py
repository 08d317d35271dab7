"""What every benchmark prints and writes: a table, and JSON with the machine and the versions it ran on."""

import json
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

Row = dict[str, Any]

_LIBRARIES = ("grafeo", "neo4j", "spacy", "onnxruntime", "numpy")
_WIDTH = 180


class CannotMeasure(Exception):
    """The benchmark cannot run; the message is one sentence that says why and the mend."""


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """P50 and P95 of some values, which must not be empty."""
    return {name: round(float(np.percentile(values, share)), 3) for name, share in (("p50", 50), ("p95", 95))}


def cpu_seconds() -> float:
    """Processor time of this process and its ended children since it began: other programs' load does not count."""
    return sum(os.times()[:4])


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in Markdown, so that it can be pasted; all columns but the first are numbers."""
    table = Table(title=title, box=box.MARKDOWN, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    # Wide whatever the terminal is: a table cut off is no result.
    Console(width=_WIDTH, highlight=False).print(table)


def note(sentence: str) -> None:
    """Say something beside the results."""
    print(sentence, file=sys.stderr, flush=True)


def document(benchmark: str, setup: Mapping[str, Any], server: str | None, rows: Sequence[Row]) -> dict[str, Any]:
    """The JSON of a run; `setup` is what was asked for, `server` the Neo4j measured. No paths, no host name."""
    return {
        "benchmark": benchmark,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": _machine(),
        "versions": {"evigraph": _version("evigraph"), **{n: _version(n) for n in _LIBRARIES}, "neo4j_server": server},
        "setup": dict(setup),
        "rows": list(rows),
    }


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a run's JSON, with the folder it goes to."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def run_command(command: Callable[[], None]) -> int:
    """Run a benchmark's command; an error that has a mend is one sentence on standard error. The exit code."""
    from api.errors import explain

    try:
        command()
    except KeyboardInterrupt:
        return 130
    except CannotMeasure as error:
        note(f"Error: {error}")
        return 1
    except Exception as error:
        if os.environ.get("EVIGRAPH_DEBUG"):
            raise
        note(f"Error: {explain(error).sentence}")
        return 1
    return 0


def _machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()],  # at the end of the run, so its own work included
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "unreleased"
