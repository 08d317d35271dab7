"""The tables of the flags."""

from typing import Any

from sqlalchemy import JSON, Boolean, Float, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from governance.database import Base


class FlagRow(Base):
    """A flag as it was set last."""

    __tablename__ = "flags"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[str] = mapped_column(String(32))


class HistoryRow(Base):
    """Who changed a flag, from what to what, and why."""

    __tablename__ = "flag_history"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[str] = mapped_column(String(32))
    who: Mapped[str] = mapped_column(Text)
    flag: Mapped[str] = mapped_column(String(100))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)


class RollbackRow(Base):
    """A definition of a flag that a guard broke: until the flag is defined otherwise, all get its default."""

    __tablename__ = "flag_rollbacks"

    flag: Mapped[str] = mapped_column(String(100), primary_key=True)
    definition: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(Text)


class SampleRow(Base):
    """How one answer went while a share of users had another variant."""

    __tablename__ = "flag_samples"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    flag: Mapped[str] = mapped_column(String(100))
    definition: Mapped[str] = mapped_column(String(64))
    variant: Mapped[str] = mapped_column(String(100))
    at: Mapped[str] = mapped_column(String(32))
    failed: Mapped[bool] = mapped_column(Boolean)
    abstained: Mapped[bool] = mapped_column(Boolean)
    groundedness: Mapped[float] = mapped_column(Float)
    latency_ms: Mapped[float] = mapped_column(Float)


class ComparisonRow(Base):
    """How a variant in the shadow answered beside the one that was given; no text is kept."""

    __tablename__ = "flag_comparisons"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    flag: Mapped[str] = mapped_column(String(100))
    at: Mapped[str] = mapped_column(String(32))
    answer_id: Mapped[str] = mapped_column(String(32))
    control: Mapped[str] = mapped_column(String(100))
    shadow: Mapped[str] = mapped_column(String(100))
    same_text: Mapped[bool] = mapped_column(Boolean)
    same_citations: Mapped[bool] = mapped_column(Boolean)
    control_outcome: Mapped[dict[str, Any]] = mapped_column(JSON)
    shadow_outcome: Mapped[dict[str, Any]] = mapped_column(JSON)
