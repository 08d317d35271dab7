"""Documents that name a person in many forms among others, and a search of all bytes that were left."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from docx import Document as Docx

from extraction.ingest import IngestOptions, Mask, ingest
from extraction.report import IngestReport
from extraction.sources import find_sources
from kg.store import GraphStore

NAME = "Thessaly Quorndale"
#: Parts of the name as no file may hold them; the second is who stays.
PARTS = ("quorndale", "thessaly", "quornd")

HANDBOOK = """# Atlas Handbook

Thessaly Quorndale owns Atlas. Atlas is hosted by Nordwind AB. THESSALY QUORNDALE reports to Ingrid Solheim.
Ms Quorndale must review the access rights of Atlas every quarter. The Data Office must notify Thessaly
Quorndale of each breach within 24 hours. Her address is thessaly.quorndale@nordwind.example.

## Backups

Atlas is backed up every night at 02:00 and the copies are kept for 35 days. Ingrid Solheim owns Borealis.
"""
MINUTES = """# Minutes of the security board

Present: T. Quorndale, Ingrid Solheim, Bo Ek.

1. Bo Ek owns Vega. Vega is hosted by Sund Data AB.
2. quorndale asked for a second data centre; Quorndale's proposal was postponed. See also tquorndale in the chat.
3. The Data Office must report incidents within 72 hours.
"""
OTHER = """# Bora Note

Sven Falk owns Bora. The owner of Bora must review its access rights every quarter. Bora is hosted by Sund Data AB.
"""
REVIEW = """# Annual review of Thessaly Quorndale

## Quorndale, Thessaly: goals

The goals for this year are the migration of Atlas and the exit from Sirius. Bo Ek approves them by 31 March 2026.
"""
STAFF = """name,e-mail,role,system owned
Thessaly Quorndale,thessaly.quorndale@nordwind.example,Security Architect,Atlas
Bo Ek,bo.ek@nordwind.example,Platform Engineer,Vega
Ingrid Solheim,ingrid.solheim@nordwind.example,Chief Risk Officer,Borealis
"""
LOG = (
    '{"time": "2026-02-03T10:00:00Z", "user": "tquorndale", "full_name": "Thessaly Quorndale", "action": "export"}\n'
    '{"time": "2026-02-03T11:00:00Z", "user": "bek", "full_name": "Bo Ek", "action": "login"}\n'
)
QUESTIONS = (
    "Who owns Atlas?",
    "Who is Thessaly Quorndale?",
    "What does Thessaly Quorndale own?",
    "Who owns Vega?",
    "Who hosts Vega?",
    "How long are the copies of Atlas kept?",
    "What is the e-mail address of Thessaly Quorndale?",
)
#: Questions whose answers have nothing to do with the person.
REST = (
    "Who owns Vega?",
    "Who hosts Vega?",
    "Who hosts Atlas?",
    "Who owns Bora?",
    "How long are the copies of Atlas kept?",
    "Who owns Borealis?",
    "What is the e-mail address of Bo Ek?",
    "How soon must the Data Office report incidents?",
)


def write_documents(folder: Path) -> Path:
    """The documents, in a folder."""
    folder.mkdir(parents=True)
    (folder / "atlas.md").write_text(HANDBOOK)
    (folder / "minutes.md").write_text(MINUTES)
    (folder / "bora.md").write_text(OTHER)
    (folder / "thessaly-quorndale-review.md").write_text(REVIEW)
    (folder / "staff.csv").write_text(STAFF)
    (folder / "log.jsonl").write_text(LOG)
    docx = Docx()
    docx.add_heading("Sirius exit", level=1)
    docx.add_paragraph("Sirius is owned by Thessaly Quorndale and ends on 30 June 2026.")
    docx.save(str(folder / "sirius.docx"))
    return folder


def bring_in(store: GraphStore, folder: Path, mask: Mask | None = None) -> IngestReport:
    """Ingest all documents of a folder."""
    report = IngestReport()
    sources = find_sources([folder], report)
    ingest(store, sources, IngestOptions(mask=mask), report, lambda done, total, name: None)
    assert not report.refused
    return report


def remains(*folders: Path, parts: tuple[str, ...] = PARTS) -> list[str]:
    """Where a part of the name stands in a file or its name, in any case, as UTF-8 or UTF-16."""
    return [f"{path.name}: {part}" for folder in folders for path, part in _remains(folder, parts)]


def _remains(folder: Path, parts: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        held = (path.name.encode() + b"\n" + path.read_bytes()).lower()
        for part in parts:
            if any(part.encode(form) in held for form in ("utf-8", "utf-16-le", "utf-16-be")):
                yield path, part


def copied(folder: Path, other: Path) -> Path:
    """A copy of a folder."""
    shutil.copytree(folder, other)
    return other
