"""The tables of privacy."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "privacy_policies",
        sa.Column("corpus", sa.String(200), primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("retention_days", sa.Integer, nullable=True),
        sa.Column("legal_basis", sa.Text, nullable=False),
        sa.Column("set_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "privacy_salt",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("by_user", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
    )
    op.create_table(
        "erased_forms",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("words", sa.Integer, nullable=False),
        sa.Column("erasure", sa.String(32), sa.ForeignKey("erasures.id", ondelete="CASCADE"), nullable=False),
    )
    op.create_index("ix_erased_forms_erasure", "erased_forms", ["erasure"])


def downgrade() -> None:
    """Drop the tables."""
    for name in ("erased_forms", "erasures", "privacy_salt", "privacy_policies"):
        op.drop_table(name)
