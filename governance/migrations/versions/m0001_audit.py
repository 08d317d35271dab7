"""The tables of audit, and triggers that let nobody change what stands in them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_FIXED = (
    "seq at how action outcome ends blanked who_commitment target_commitment details_commitment previous hash signature"
).split()
_ERASABLE = ("who", "target", "details")
_REASON = "the audit trail is only ever added to"


def upgrade() -> None:
    """Make the tables and triggers."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    mark = ("hash", "at", "signature")
    op.create_table(
        "audit_entries",
        sa.Column("seq", number, primary_key=True, autoincrement=False),
        *(
            sa.Column(name, number, nullable=True) if name == "ends" else sa.Column(name, sa.Text, nullable=False)
            for name in _FIXED[1:]
        ),
        *(sa.Column(f"{name}{end}", sa.Text, nullable=True) for name in _ERASABLE for end in ("", "_salt")),
    )
    op.create_index("ix_audit_entries_ends", "audit_entries", ["ends"])
    op.create_table(
        "audit_checkpoints",
        sa.Column("seq", number, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in mark),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("seq", number, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in mark),
    )
    if op.get_bind().dialect.name == "postgresql":
        _fence_postgresql()
    else:
        _fence_sqlite()


def downgrade() -> None:
    """Drop the tables; their triggers go with them."""
    for name in ("audit_head", "audit_checkpoints", "audit_entries"):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_only_grows()")


def _only_blanks(same: str) -> str:
    """Whether an update does nothing but blank values that may be erased."""
    fixed = [f"NEW.{name} {same} OLD.{name}" for name in _FIXED]
    erasable = [
        f"((NEW.{name} IS NULL AND NEW.{name}_salt IS NULL)"
        f" OR (NEW.{name} {same} OLD.{name} AND NEW.{name}_salt {same} OLD.{name}_salt))"
        for name in _ERASABLE
    ]
    return " AND ".join(fixed + erasable)


def _fence_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REASON}'); END"
    for table in ("audit_entries", "audit_checkpoints"):
        op.execute(f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} {refuse}")
        # INSERT OR REPLACE takes a row's place without asking the trigger for DELETE.
        taken = f"EXISTS (SELECT 1 FROM {table} WHERE seq >= NEW.seq)"  # noqa: S608 - names of this module
        op.execute(f"CREATE TRIGGER {table}_insert BEFORE INSERT ON {table} WHEN {taken} {refuse}")
    blanks = _only_blanks("IS")
    op.execute(f"CREATE TRIGGER audit_entries_update BEFORE UPDATE ON audit_entries WHEN NOT ({blanks}) {refuse}")
    op.execute(f"CREATE TRIGGER audit_checkpoints_update BEFORE UPDATE ON audit_checkpoints {refuse}")


def _fence_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REASON}'; END $$"
    )
    refuse = "EXECUTE FUNCTION audit_only_grows()"
    for table in ("audit_entries", "audit_checkpoints"):
        when = "BEFORE DELETE OR TRUNCATE"
        op.execute(f"CREATE TRIGGER {table}_delete {when} ON {table} FOR EACH STATEMENT {refuse}")
    blanks = _only_blanks("IS NOT DISTINCT FROM")
    op.execute(
        "CREATE TRIGGER audit_entries_update BEFORE UPDATE ON audit_entries "
        f"FOR EACH ROW WHEN (NOT ({blanks})) {refuse}"
    )
    op.execute(f"CREATE TRIGGER audit_checkpoints_update BEFORE UPDATE ON audit_checkpoints FOR EACH ROW {refuse}")
