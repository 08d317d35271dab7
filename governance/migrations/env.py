"""Alembic's environment: runs the migrations on the connection that `governance.database` hands over."""

from alembic import context

from governance.database import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
