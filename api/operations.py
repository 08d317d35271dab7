"""What is kept in the operations database of answers and versions; it is opened when it is first needed."""

import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from api.settings import Settings

# SQLAlchemy and Alembic are slow to import: whoever needs no database does not wait for them.
if TYPE_CHECKING:
    from governance.answers import AnswerStore
    from governance.database import Database
    from governance.versions.files import VersionFiles
    from governance.versions.registry import Registry, Version
    from governance.versions.releases import Releases


class Operations:
    """Answers and versions. Safe to use from several threads. Raises `DatabaseError`."""

    def __init__(self, settings: Settings, database: "Callable[[], Database]") -> None:
        self._settings, self._database = settings, database
        self._opening = threading.Lock()
        self._files: VersionFiles | None = None

    @cached_property
    def answers(self) -> "AnswerStore":
        """The answers that were given."""
        from governance.answers import AnswerStore

        return AnswerStore(self._database())

    @cached_property
    def registry(self) -> "Registry":
        """The versions of all that answers depend on."""
        from governance.versions.registry import Registry

        return Registry(self._database())

    @cached_property
    def releases(self) -> "Releases":
        """The releases, of which one may be active."""
        from governance.versions.releases import Releases

        return Releases(self._database(), self.registry)

    def in_force(self) -> Settings:
        """The settings with what the active release names in place of their own files. Raises `NoSuchVersion`."""
        release = self.releases.active()
        return self.with_versions(self.releases.contents(release)) if release else self._settings

    def with_release(self, name: str, settings: Settings) -> Settings:
        """Settings with the versions of a release in place of their files. Raises `NoSuchVersion`."""
        from governance.versions.registry import NoSuchVersion

        release = self.releases.find(name)
        if release is None:
            raise NoSuchVersion(f"There is no release {name!r}; `evigraph versions list` lists them.")
        return self.with_versions(self.releases.contents(release), settings)

    def with_versions(self, versions: "Mapping[str, Version]", settings: Settings | None = None) -> Settings:
        """Settings, by default the given ones, whose ontology, policy, models and prompt are these versions."""
        from governance.versions.files import VersionFiles

        with self._opening:
            held = self._files = self._files or VersionFiles()
        files: dict[str, Path] = {kind: held.path(version) for kind, version in versions.items()}
        return (settings or self._settings).model_copy(update=files)

    def close(self) -> None:
        """Remove the files that were made of versions."""
        with self._opening:
            if self._files is not None:
                self._files.close()
                self._files = None
