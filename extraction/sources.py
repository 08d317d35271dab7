"""What is to be read: files, the readable ones of folders, and uploaded bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from extraction.load import SUFFIXES
from extraction.report import IngestReport


@dataclass(frozen=True, slots=True)
class Source:
    """One input: a file, or uploaded bytes under a name."""

    uri: str
    name: str
    path: Path | None = None
    data: bytes | None = None


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


def _uri(path: Path) -> str:
    return path.resolve().as_uri()
