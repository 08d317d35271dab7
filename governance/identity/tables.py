"""The tables of identity. Times are UTC in ISO 8601."""

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from governance.database import Base


class UserRow(Base):
    """A local user; without a hash they have no password, and only keys."""

    __tablename__ = "users"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    password_hash: Mapped[str | None] = mapped_column(Text)
    member_of: Mapped[list[str]] = mapped_column(JSON)
    roles: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[str] = mapped_column(String(32))


class KeyRow(Base):
    """An API key. Of a secret only its SHA-256 is kept; that of the former one while it may still be used."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    user_name: Mapped[str] = mapped_column(ForeignKey("users.name", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    former_hash: Mapped[str | None] = mapped_column(String(64))
    former_until: Mapped[str | None] = mapped_column(String(32))
    scopes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[str] = mapped_column(String(32))
    expires_at: Mapped[str | None] = mapped_column(String(32))
    revoked_at: Mapped[str | None] = mapped_column(String(32))
    last_used_at: Mapped[str | None] = mapped_column(String(32))
