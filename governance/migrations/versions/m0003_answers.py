"""The tables of answers and of versions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "answers",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("asked_at", sa.String(32), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("user_name", sa.Text, nullable=False),
        sa.Column("groups", sa.JSON, nullable=True),
        sa.Column("as_of", sa.String(10), nullable=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("tier", sa.String(16), nullable=True),
        sa.Column("stakes", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("answer", sa.Text, nullable=True),
        sa.Column("sources", sa.Text, nullable=True),
        sa.Column("versions", sa.JSON, nullable=False),
        sa.Column("withdrawn_at", sa.String(32), nullable=True),
    )
    op.create_index("answers_by_user", "answers", ["user_name", "at"])
    op.create_table(
        "answer_documents",
        sa.Column("answer_id", sa.String(32), sa.ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("document_id", sa.String(64), primary_key=True),
    )
    op.create_index("answer_documents_by_document", "answer_documents", ["document_id"])
    op.create_table(
        "versions",
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("registered_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "releases",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("versions", sa.JSON, nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "activations",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("how", sa.String(16), nullable=False),
        sa.Column("release", sa.String(64), sa.ForeignKey("releases.digest"), nullable=True),
        sa.Column("undo", sa.Integer, nullable=True),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("activations", "releases", "versions", "answer_documents", "answers"):
        op.drop_table(name)
