"""Bring Procrastinate's tables up to date, as a step of our own: operators run no second program for it."""

from __future__ import annotations

from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

from bridge.journal import Journal, JournalError, meta

VERSION = "procrastinate-schema"


def bring_up(journal: Journal) -> None:
    """Make Procrastinate's tables, or run those of its migrations that came after the last one run here.

    The name of the last migration stands in the journal. Several hosts may start at the same time. Raises JournalError
    when the database has Procrastinate's tables of another program.
    """
    while _step(journal):
        pass


def _step(journal: Journal) -> bool:
    """Run the next script; False when none is left. Each has a transaction of its own: some build on the one before."""
    migrations = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    with journal.write() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('otrs-bridge procrastinate'))"))
        known = meta.get(connection, VERSION)
        if known is None:
            _refuse_anothers(connection)
            _run(connection, SchemaManager.get_schema())
            meta.put(connection, VERSION, migrations[-1].name)
            return False
        left = [script for script in migrations if script.name > known]
        if not left:
            return False
        _run(connection, left[0].read_text(encoding="utf-8"))
        meta.put(connection, VERSION, left[0].name)
        return True


def _refuse_anothers(connection: Connection) -> None:
    if connection.execute(text("SELECT to_regclass('procrastinate_jobs')")).scalar() is not None:
        raise JournalError(
            "The database has Procrastinate's tables already, made by another program. Give the bridge one of its own.",
            code="journal.not-ours",
            permanent=True,
        )


def _run(connection: Connection, script: str) -> None:
    """Run many statements at once, past SQLAlchemy, which would take percent signs for parameters."""
    raw = connection.connection.driver_connection
    assert raw is not None, "the connection is open"  # noqa: S101
    with raw.cursor() as cursor:
        cursor.execute(script)
