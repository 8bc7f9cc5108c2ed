"""Runs Alembic on the connection that `registry.database` hands over."""

from alembic import context

from fsmobile.registry.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
