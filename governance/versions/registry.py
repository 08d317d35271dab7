"""The registry of versions: what was ever in use, by kind and SHA-256, with its content where it is small text."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from difflib import unified_diff

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from governance.answers import now
from governance.database import Database
from governance.versions.tables import VersionRow

#: Kinds whose content is kept, so that they can be activated: a later ask uses the stored content.
ACTIVATABLE = ("ontology", "policy", "models", "prompt")
#: How many digits of a digest a trace shows.
SHORT = 12
_LEAST = 6


class NoSuchVersion(LookupError):
    """No version or release, or several, go by what was given; the message is one sentence."""


class UnusableVersion(ValueError):
    """A version cannot be used so; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one kind; `source` tells where it came from, `content` is None where only the digest is kept."""

    kind: str
    name: str
    digest: str
    content: bytes | None
    source: str
    registered_at: str = ""

    @property
    def called(self) -> str:
        """Its name with the start of its digest, as traces have it."""
        return f"{self.name}@{self.digest[:SHORT]}"


def version_of(kind: str, name: str, content: bytes, source: str) -> Version:
    """A version with its content, named by it."""
    return Version(kind, name, hashlib.sha256(content).hexdigest(), content, source)


class Registry:
    """The versions in the operations database. Safe to use from several threads. Raises `DatabaseError`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: set[tuple[str, str]] = set()

    def register(self, versions: Iterable[Version]) -> None:
        """Keep versions that are not kept yet; what is kept under a digest never changes. Raises `UnusableVersion`."""
        new = [item for item in versions if (item.kind, item.digest) not in self._known]
        if not new:
            return
        for item in new:
            if item.content is not None and hashlib.sha256(item.content).hexdigest() != item.digest:
                raise UnusableVersion(f"The {item.kind} {item.called} does not have this content; register it anew.")
        # Another process may register the same at this moment.
        insert = sqlite.insert if self._database.dialect == "sqlite" else postgresql.insert
        rows = [{**asdict(item), "registered_at": now()} for item in new]
        with self._database.transaction() as session:
            session.execute(insert(VersionRow).on_conflict_do_nothing(), rows)
        self._known.update((item.kind, item.digest) for item in new)

    def versions(self) -> list[Version]:
        """All versions by kind, the newest last."""
        query = select(VersionRow).order_by(VersionRow.kind, VersionRow.registered_at, VersionRow.digest)
        with self._database.transaction() as session:
            return [_version(row) for row in session.scalars(query)]

    def get(self, kind: str, digest: str) -> Version:
        """The version of a kind with this digest. Raises `NoSuchVersion`."""
        with self._database.transaction() as session:
            row = session.get(VersionRow, (kind, digest))
            if row is None:
                raise NoSuchVersion(f"There is no {kind} {digest}; `evigraph versions list` lists what there is.")
            return _version(row)

    def recorded(self, kind: str, called: str) -> Version | None:
        """The version that a trace calls so ("NAME@DIGITS", of several the last), if it is kept."""
        digits = called.rpartition("@")[2]
        if len(digits) < SHORT:
            return None
        found = self._starting(kind, digits)
        return found[0] if len(found) == 1 else None

    def find(self, reference: str) -> Version:
        """The one version with this digest, start of a digest, name, NAME@DIGITS or KIND:NAME; of several of a name
        the newest of one kind. Raises `NoSuchVersion`."""
        kind, colon, rest = reference.partition(":")
        name, at, digits = (rest if colon else reference).rpartition("@")
        wanted = digits if at else (rest if colon else reference)
        found = [item for item in self.versions() if not colon or item.kind == kind]
        by_digest = [
            item
            for item in found
            if len(wanted) >= _LEAST and item.digest.startswith(wanted) and (not at or item.name == name)
        ]
        if len(by_digest) == 1:
            return by_digest[0]
        named = by_digest or [item for item in found if item.name == (rest if colon else reference)]
        if not named:
            raise NoSuchVersion(f"There is no version {reference!r}; `evigraph versions list` lists them.")
        if len(named) > 1:
            listed = ", ".join(f"{item.kind}:{item.called}" for item in named[-10:])
            raise NoSuchVersion(f"{len(named)} versions go by {reference!r}; give the digest of one: {listed}.")
        return named[0]

    def _starting(self, kind: str, digits: str) -> list[Version]:
        query = select(VersionRow).where(VersionRow.kind == kind, VersionRow.digest.startswith(digits, autoescape=True))
        with self._database.transaction() as session:
            return [_version(row) for row in session.scalars(query)]


def diff(one: Version, other: Version) -> str:
    """What two versions of a kind differ in, as a unified diff; "" where in nothing. Raises `UnusableVersion`."""
    if one.kind != other.kind:
        raise UnusableVersion(f"{one.called} is of kind {one.kind} and {other.called} of kind {other.kind}.")
    if one.digest == other.digest:
        return ""
    if one.content is None or other.content is None:
        raise UnusableVersion(f"Of the {one.kind} only digests are kept: {one.digest} and {other.digest}.")
    before, after = (text.decode("utf-8", "replace").splitlines(keepends=True) for text in (one.content, other.content))
    return "".join(unified_diff(before, after, one.called, other.called))


def _version(row: VersionRow) -> Version:
    return Version(row.kind, row.name, row.digest, row.content, row.source, row.registered_at)
