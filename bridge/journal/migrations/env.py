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
        if connection.dialect.name == "postgresql":  # several hosts may start at the same time
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('otrs-bridge migrations'))")
        context.run_migrations()
