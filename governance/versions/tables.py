"""The tables of versions, releases and activations."""

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from governance.database import Base


class VersionRow(Base):
    """A version; `content` is null where only its digest is known."""

    __tablename__ = "versions"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    source: Mapped[str] = mapped_column(Text)
    registered_at: Mapped[str] = mapped_column(String(32))


class ReleaseRow(Base):
    """A named set of versions: `versions` maps kinds to digests."""

    __tablename__ = "releases"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    versions: Mapped[dict[str, str]] = mapped_column(JSON)
    made_at: Mapped[str] = mapped_column(String(32))


class ActivationRow(Base):
    """That a release became active; null: none, what the settings name holds. `undo` is the activation whose release a
    rollback goes to, null for the settings."""

    __tablename__ = "activations"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[str] = mapped_column(String(32))
    by: Mapped[str] = mapped_column(Text)
    how: Mapped[str] = mapped_column(String(16))
    release: Mapped[str | None] = mapped_column(ForeignKey("releases.digest"))
    undo: Mapped[int | None]
