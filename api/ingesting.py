"""The command `ingest`: a bar while it runs, a report at the end, and a way to stop it in the middle."""

from collections.abc import Sequence
from pathlib import Path

from api import render
from api.errors import WrongUse
from api.report import left_out, summarise
from api.service import open_service
from api.settings import load_settings

_INTERRUPTED = 130


def run(paths: Sequence[Path], corpus: str, access: Sequence[str], workers: int, as_json: bool) -> int:
    """Ingest and report; the exit code."""
    settings = load_settings()
    if not corpus.strip() or not all(group.strip() for group in access):
        raise WrongUse("A corpus or group needs a name; leave the option out for the default.")
    total = held = 0
    try:
        # Here rather than above, since it takes seconds in which Ctrl-C may come.
        from extraction.ingest import IngestReport, find_sources

        report = IngestReport()
        sources = find_sources(paths, report)
        total = len(sources)

        def count(done: int, of: int, name: str) -> None:
            nonlocal held
            held = len(report.added) + len(report.changed) + len(report.unchanged)
            show_progress(done, of, name)

        with open_service(settings) as service, render.progress_bar("Ingesting") as show_progress:
            service.ingest(sources, report, corpus=corpus, access=access, workers=workers, progress=count)
    except KeyboardInterrupt:
        render.note(f"Interrupted; {held} of {total} documents are in the graph. Run the same command again to go on.")
        return _INTERRUPTED
    if not sources and not report.refused:
        given = ", ".join(map(str, paths))
        raise WrongUse(f"There is no file of a kind that can be read in {given}; give others.")
    summary = summarise(report, corpus)
    if as_json:
        render.tell_refusals(summary)
        render.say_json(summary)
    else:
        render.show_ingest(summary)
    if report.refused and not held:
        return 1
    return 3 if left_out(report) else 0
