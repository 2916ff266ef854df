"""Alembic's environment: the engine comes from the program; `metadata` is given only to compare tables with it."""

from alembic import context

engine = context.config.attributes["engine"]

with engine.connect() as connection:
    immediate = connection.execution_options(immediate=True)
    context.configure(
        connection=immediate,
        target_metadata=context.config.attributes.get("metadata"),
        render_as_batch=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
