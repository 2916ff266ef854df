"""Write a migration for what the tables have that the journal has not: python scripts/new_migration.py "message"."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from bridge.journal import open_engine
from bridge.journal.schema_version import SCRIPTS, migrate
from bridge.wiring.tables import all_tables


def main() -> None:
    """Compare the tables with a journal made by the migrations so far, and write the difference as a new one."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'journal.db'}")
        migrate(engine)
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes.update(engine=engine, metadata=all_tables())
        command.revision(config, message=sys.argv[1], autogenerate=True)
        engine.dispose()


if __name__ == "__main__":
    main()
