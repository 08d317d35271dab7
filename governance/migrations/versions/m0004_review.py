"""The tables of review and of flags."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "review_items",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("documents", sa.JSON, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("asker", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("path", sa.JSON, nullable=False),
        sa.Column("due_hours", sa.Float, nullable=False),
        sa.Column("due_at", sa.String(32), nullable=False),
        sa.Column("four_eyes", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("taken_by", sa.Text, nullable=True),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("claimed_at", sa.String(32), nullable=True),
        sa.Column("verdict", sa.String(16), nullable=True),
        sa.Column("text", sa.Text, nullable=True),
        sa.Column("decided_at", sa.String(32), nullable=True),
    )
    op.create_index("review_items_by_subject", "review_items", ["kind", "subject"], unique=True)
    op.create_index("review_items_by_due", "review_items", ["state", "due_at"])
    op.create_table(
        "review_steps",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("item_id", sa.String(32), sa.ForeignKey("review_items.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=True),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("review_steps_by_item", "review_steps", ["item_id", "id"])
    op.create_table(
        "flags",
        sa.Column("key", sa.String(100), primary_key=True),
        sa.Column("definition", sa.JSON, nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "flag_history",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("flag", sa.String(100), nullable=False),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("after", sa.JSON, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "flag_rollbacks",
        sa.Column("flag", sa.String(100), primary_key=True),
        sa.Column("definition", sa.String(64), primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "flag_samples",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("flag", sa.String(100), nullable=False),
        sa.Column("definition", sa.String(64), nullable=False),
        sa.Column("variant", sa.String(100), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("failed", sa.Boolean, nullable=False),
        sa.Column("abstained", sa.Boolean, nullable=False),
        sa.Column("groundedness", sa.Float, nullable=False),
        sa.Column("latency_ms", sa.Float, nullable=False),
    )
    op.create_index("flag_samples_by_flag", "flag_samples", ["flag", "definition", "at"])
    op.create_table(
        "flag_comparisons",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("flag", sa.String(100), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("answer_id", sa.String(32), nullable=False),
        sa.Column("control", sa.String(100), nullable=False),
        sa.Column("shadow", sa.String(100), nullable=False),
        sa.Column("same_text", sa.Boolean, nullable=False),
        sa.Column("same_citations", sa.Boolean, nullable=False),
        sa.Column("control_outcome", sa.JSON, nullable=False),
        sa.Column("shadow_outcome", sa.JSON, nullable=False),
    )
    op.create_index("flag_comparisons_by_flag", "flag_comparisons", ["flag", "id"])


def downgrade() -> None:
    """Drop the tables."""
    for name in (
        "flag_comparisons",
        "flag_samples",
        "flag_rollbacks",
        "flag_history",
        "flags",
        "review_steps",
        "review_items",
    ):
        op.drop_table(name)
