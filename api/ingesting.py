"""The command `ingest`: a bar while it runs, a report at the end, and a way to stop it in the middle."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from api import interrupt, render
from api.errors import WrongUse
from api.report import summarise
from api.service import open_service
from api.settings import Settings, load_settings

if TYPE_CHECKING:
    from extraction.report import IngestReport


@dataclass(slots=True)
class _State:
    """How far it came, for whoever interrupts it."""

    total: int = 0
    held: int = 0


def run(paths: Sequence[Path], corpus: str, access: Sequence[str], workers: int, as_json: bool) -> int:
    """Ingest and report; the exit code."""
    settings = load_settings()
    if not corpus.strip() or not all(group.strip() for group in access):
        raise WrongUse("A corpus or group needs a name; leave the option out for the default.")
    state = _State()
    try:
        report = _ingest(settings, paths, corpus, access, workers, state)
    except BaseException:
        if not interrupt.asked():
            raise
        far = f"{state.held} of {state.total} documents are in the graph" if state.total else "no document was read yet"
        render.note(f"Interrupted; {far}. Run the same command again to go on.")
        return interrupt.EXIT_CODE
    summary = summarise(report, corpus)
    if as_json:
        render.tell_refusals(summary)
        render.say_json(summary)
    else:
        render.show_ingest(summary)
    if report.refused and not state.held:
        return 1
    return 3 if report.in_part else 0


def _ingest(
    settings: Settings, paths: Sequence[Path], corpus: str, access: Sequence[str], workers: int, state: _State
) -> "IngestReport":
    # Imported here since it takes seconds, in which Ctrl-C may come.
    from extraction.report import IngestReport
    from extraction.sources import find_sources

    report = IngestReport()
    sources = find_sources(paths, report)
    state.total = len(sources)
    if not sources and not report.refused:
        raise WrongUse(f"There is no file of a kind that can be read in {', '.join(map(str, paths))}; give others.")

    with open_service(settings) as service, render.progress_bar("Ingesting") as show_progress:

        def count(done: int, total: int, name: str) -> None:
            state.held = len(report.added) + len(report.changed) + len(report.unchanged)
            show_progress(done, total, name)

        service.ingest(sources, report, corpus=corpus, access=access, workers=workers, progress=count)
    return report
