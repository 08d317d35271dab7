"""Versions kept, activated and rolled back."""

from pathlib import Path
from typing import TYPE_CHECKING

from api.errors import WrongUse
from api.operations import Operations
from api.present import present
from kg.merges import OWNER

if TYPE_CHECKING:
    from governance.versions.registry import Version
    from governance.versions.releases import Release


class Versioning:
    """The versions of one installation. Safe to use from several threads. Raises `DatabaseError`."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    def register_present(self) -> "list[Version]":
        """Keep the versions that hold now; they. Raises as the parts do."""
        found = present(self._operations.in_force())
        self._operations.registry.register(found)
        return found

    def add(self, kind: str, file: Path) -> "Version":
        """Keep the version of a file, once it was seen that it can be used. Raises as the part of its kind does."""
        settings = self._operations.in_force().model_copy(update={kind: file})
        version = next((item for item in present(settings) if item.kind == kind), None)
        if version is None or version.content is None:
            raise WrongUse(f"A {kind} cannot be kept; ontology, policy, models and prompt can.")
        self._operations.registry.register([version])
        return version

    def activate(self, reference: str, name: str | None = None, by: str = OWNER) -> "Release":
        """Use a version, or all of a release, from now on; the release that is active then.

        Raises `NoSuchVersion`, `UnusableVersion`, and as the parts do where one cannot be used.
        """
        self.register_present()
        return self._operations.releases.activate(reference, by, name)

    def rollback(self, by: str = OWNER) -> "Release | None":
        """Go back to what was active before; None: what the settings name. Raises `NothingToRollBack`."""
        return self._operations.releases.rollback(by)
