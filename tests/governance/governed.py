"""A service on a small graph and a database of its own, for the tests of answers, versions and replays."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.service import Service
from api.settings import Settings
from kg.embedded import EmbeddedStore
from qa.evaluate import read_questions

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
QUESTIONS = read_questions(EXAMPLES / "questions.jsonl")
#: Enough of the sample corpus for its answers to differ in kind.
NOTES = {
    "atlas.md": """# Atlas Handbook

Maria Lind owns Atlas. Atlas is hosted by Nordwind AB.

## Backups

Atlas is backed up every night at 02:00 and the copies are kept for 35 days.
""",
    "bora.md": """# Bora Note

Sven Falk owns Bora. The owner of Bora must review its access rights every quarter.
""",
}


@contextmanager
def served(folder: Path, database: str, **changes: object) -> Iterator[Service]:
    """A service on the graph and database in a folder, closed afterwards."""
    settings = Settings(graph=f"embedded:{folder / 'graph'}", database=database, extractor="rules").model_copy(
        update=changes
    )
    store = EmbeddedStore(folder / "graph")
    service = Service(settings, store)
    try:
        yield service
    finally:
        service.close()
        store.close()


def add(service: Service, name: str, text: str, access: list[str] | None = None) -> None:
    """Bring a note into the graph."""
    from extraction.report import IngestReport
    from extraction.sources import Source

    source = Source(f"upload:{name}", name, data=text.encode())
    service.ingest([source], IngestReport(), corpus="default", access=access or [])


def copied(folder: Path, to: Path) -> Path:
    """A copy of a graph that is not open, to be changed."""
    shutil.copytree(folder, to)
    return to


@pytest.fixture(scope="session")
def notes_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the graph of NOTES, closed."""
    folder = Path(tmp_path_factory.mktemp("notes"))
    with served(folder, f"sqlite:///{folder / 'unused.db'}") as service:
        for name, text in NOTES.items():
            add(service, name, text)
    return folder


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service on the whole sample corpus, by rules alone, which is quick; all tests share it and change nothing."""
    from extraction.report import IngestReport
    from extraction.sources import find_sources

    folder = Path(tmp_path_factory.mktemp("sample"))
    with served(folder, f"sqlite:///{folder / 'operations.db'}") as service:
        report = IngestReport()
        sources = find_sources([EXAMPLES / "corpus"], report)
        service.ingest(sources, report, corpus="default", access=[])
        yield service


@pytest.fixture(scope="session")
def sample_answers(sample: Service) -> list[str]:
    """The ids of the answers to all sample questions."""
    return [sample.ask(item.question).id for item in QUESTIONS]
