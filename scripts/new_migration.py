"""Write a migration for what the tables have that the journal has not: python scripts/new_migration.py "message"."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData

from bridge.deletion_log import tables as log_tables
from bridge.journal import open_engine, schema
from bridge.journal.schema_version import SCRIPTS, migrate
from bridge.web import accounts


def all_tables() -> MetaData:
    """Return one MetaData with every table of the journal's database: journal, deletion log, web accounts."""
    together = MetaData(naming_convention=schema.metadata.naming_convention)
    for metadata in (schema.metadata, log_tables.metadata, accounts.metadata):
        for table in metadata.sorted_tables:
            table.to_metadata(together)
    return together


def main() -> None:
    """Compare the tables with a journal made by the migrations so far, and write the difference as a new one."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'journal.db'}")
        migrate(engine)
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes.update(engine=engine, metadata=all_tables())
        number = len(list((SCRIPTS / "versions").glob("0*.py"))) + 1
        command.revision(config, message=sys.argv[1], autogenerate=True, rev_id=f"{number:04d}")
        engine.dispose()


if __name__ == "__main__":
    main()
