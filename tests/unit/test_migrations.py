"""The migrations make exactly the tables that the code uses."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from bridge.journal import JournalError, open_engine
from bridge.journal.schema_version import migrate
from scripts.new_migration import all_tables


def test_migrations_make_every_table(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    migrate(engine)
    migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), all_tables()) == []
    engine.dispose()


def test_a_journal_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(JournalError, match="newer"):
        migrate(engine)
    engine.dispose()
