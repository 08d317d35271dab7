"""Stored contents as files: what reads an ontology or a policy reads a file, and the file's name tells no lie.

Each process has a folder of its own, in which a file lies under its digest; the folder goes when the process is done.
"""

import threading
from pathlib import Path
from tempfile import TemporaryDirectory

from governance.versions.registry import UnusableVersion, Version

_SUFFIX = {"ontology": ".ttl", "policy": ".toml", "models": ".toml", "prompt": ".txt"}


class VersionFiles:
    """Makes files of versions. Safe to use from several threads."""

    def __init__(self) -> None:
        self._folder: TemporaryDirectory[str] | None = None
        self._lock = threading.Lock()

    def path(self, version: Version) -> Path:
        """A file with the content of a version, of the name that it was registered by. Raises `UnusableVersion`."""
        if version.content is None:
            raise UnusableVersion(f"The content of the {version.kind} {version.called} is not kept.")
        with self._lock:
            if self._folder is None:
                self._folder = TemporaryDirectory(prefix="evigraph-versions-")
            folder = Path(self._folder.name) / version.digest
            path = folder / f"{version.name.replace('/', '_')}{_SUFFIX.get(version.kind, '.txt')}"
            if not path.exists():
                folder.mkdir(exist_ok=True)
                path.write_bytes(version.content)
        return path

    def close(self) -> None:
        """Remove the files."""
        with self._lock:
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None
