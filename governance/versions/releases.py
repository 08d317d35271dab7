"""Releases: named sets of versions, of which one is active. Activations form a stack that a rollback goes down."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from governance.answers import now
from governance.database import Database
from governance.versions.registry import ACTIVATABLE, SHORT, NoSuchVersion, Registry, UnusableVersion, Version
from governance.versions.tables import ActivationRow, ReleaseRow

_ACTIVE = (
    select(ReleaseRow.name, ReleaseRow.digest, ReleaseRow.versions, ReleaseRow.made_at)
    .select_from(ActivationRow)
    .outerjoin(ReleaseRow, ReleaseRow.digest == ActivationRow.release)
    .order_by(ActivationRow.id.desc())
    .limit(1)
)


class NothingToRollBack(Exception):
    """No release was activated; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Release:
    """A named set of versions, digests by kind; its own digest is that of the set."""

    name: str
    digest: str
    versions: Mapping[str, str]
    made_at: str

    @property
    def called(self) -> str:
        """Its name with the start of its digest."""
        return f"{self.name}@{self.digest[:SHORT]}"


@dataclass(frozen=True, slots=True)
class Activation:
    """That a release became active; `release` None: what the settings name holds. `how`: activate or rollback."""

    at: str
    by: str
    how: str
    release: Release | None


class Releases:
    """The releases in the operations database. Safe to use from several threads. Raises `DatabaseError`."""

    def __init__(self, database: Database, registry: Registry) -> None:
        self._database = database
        self._registry = registry

    def active(self) -> Release | None:
        """The active release; None where what the settings name holds."""
        with self._database.connection() as connection:  # every question waits for this
            row = connection.execute(_ACTIVE).first()
        return None if row is None or row.digest is None else Release(row.name, row.digest, row.versions, row.made_at)

    def contents(self, release: Release) -> dict[str, Version]:
        """The versions of a release by kind, with their contents. Raises `NoSuchVersion`."""
        return {kind: self._registry.get(kind, digest) for kind, digest in release.versions.items()}

    def all(self) -> list[Release]:
        """All releases, the oldest first."""
        with self._database.transaction() as session:
            return [_held(row) for row in session.scalars(select(ReleaseRow).order_by(ReleaseRow.made_at))]

    def find(self, reference: str) -> Release | None:
        """The release with this name, digest or start of one, NAME@DIGITS; None where there is none."""
        name, at, digits = reference.rpartition("@")
        for release in self.all():
            by_digest = len(digits) >= SHORT and release.digest.startswith(digits) and (not at or release.name == name)
            if release.name == reference or by_digest:
                return release
        return None

    def activate(self, reference: str, by: str, name: str | None = None) -> Release:
        """Make a release active, or the active one with a version in place of the one of its kind; what is active then.

        `name` is for a release that is made by this, by default "release N". Raises `NoSuchVersion`, `UnusableVersion`.
        """
        known = self.find(reference)
        version = None if known else self._registry.find(reference)
        if version is not None and (version.kind not in ACTIVATABLE or version.content is None):
            raise UnusableVersion(
                f"The {version.kind} {version.called} cannot be activated: its content is not kept; "
                f"{', '.join(ACTIVATABLE)} can."
            )
        with self._database.transaction() as session:
            last = _last(session)
            if known:
                digest = known.digest
            elif version:
                held = session.get(ReleaseRow, last.release) if last and last.release else None
                versions = {**(held.versions if held else {}), version.kind: version.digest}
                digest = _made(session, versions, name)
            session.add(ActivationRow(at=now(), by=by, how="activate", release=digest, undo=last.id if last else None))
            session.flush()
            row = session.get(ReleaseRow, digest)
            if row is None:
                raise NoSuchVersion(f"There is no release {reference!r}; `evigraph versions list` lists them.")
            return _held(row)

    def rollback(self, by: str) -> Release | None:
        """Make the formerly active release active again; None: what the settings name. Raises `NothingToRollBack`."""
        with self._database.transaction() as session:
            last = _last(session)
            if last is None or last.release is None:
                raise NothingToRollBack("There is nothing to roll back: no release is active.")
            before = session.get(ActivationRow, last.undo) if last.undo is not None else None
            session.add(
                ActivationRow(
                    at=now(),
                    by=by,
                    how="rollback",
                    release=before.release if before else None,
                    undo=before.undo if before else None,
                )
            )
            return _release(session.get(ReleaseRow, before.release)) if before and before.release else None

    def history(self) -> list[Activation]:
        """All activations, the newest first."""
        with self._database.transaction() as session:
            rows = session.scalars(select(ActivationRow).order_by(ActivationRow.id.desc()))
            return [
                Activation(
                    row.at, row.by, row.how, _release(session.get(ReleaseRow, row.release)) if row.release else None
                )
                for row in rows
            ]


def _made(session: Session, versions: dict[str, str], name: str | None) -> str:
    """The digest of the release of these versions, which is made where there is none."""
    digest = hashlib.sha256(json.dumps(versions, sort_keys=True).encode()).hexdigest()
    if session.get(ReleaseRow, digest) is None:
        count = session.scalar(select(func.count()).select_from(ReleaseRow)) or 0
        called = name or f"release {count + 1}"
        if session.scalar(select(ReleaseRow).where(ReleaseRow.name == called)) is not None:
            raise UnusableVersion(f"There is a release {called!r} of other versions already; give another name.")
        session.add(ReleaseRow(digest=digest, name=called, versions=versions, made_at=now()))
        session.flush()
    return digest


def _last(session: Session) -> ActivationRow | None:
    return session.scalar(select(ActivationRow).order_by(ActivationRow.id.desc()).limit(1))


def _held(row: ReleaseRow) -> Release:
    return Release(row.name, row.digest, dict(row.versions), row.made_at)


def _release(row: ReleaseRow | None) -> Release | None:
    return None if row is None else _held(row)
