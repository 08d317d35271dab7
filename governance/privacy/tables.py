"""The tables of privacy. Times are UTC in ISO 8601."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from governance.database import Base


class PolicyRow(Base):
    """What a corpus is kept for and how long; `retention_days` None: without end."""

    __tablename__ = "privacy_policies"

    corpus: Mapped[str] = mapped_column(String(200), primary_key=True)
    purpose: Mapped[str] = mapped_column(Text)
    retention_days: Mapped[int | None] = mapped_column(Integer)
    legal_basis: Mapped[str] = mapped_column(Text)
    set_at: Mapped[str] = mapped_column(String(32))


class SaltRow(Base):
    """The one salt of this database."""

    __tablename__ = "privacy_salt"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)


class ErasureRow(Base):
    """That somebody was erased: when, at whose word, why, and how much it was; never who."""

    __tablename__ = "erasures"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[str] = mapped_column(String(32))
    by: Mapped[str] = mapped_column("by_user", Text)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)


class ErasedFormRow(Base):
    """A form of an erased name, as its salted hash, with its kind and how many words it has."""

    __tablename__ = "erased_forms"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    words: Mapped[int] = mapped_column(Integer)
    erasure: Mapped[str] = mapped_column(ForeignKey("erasures.id", ondelete="CASCADE"), index=True)
