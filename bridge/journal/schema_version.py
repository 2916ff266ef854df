"""Bring the journal's tables up to date (Alembic, without a configuration file)."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bridge.journal.engine import JournalError

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(engine: Engine, revision: str = "head") -> None:
    """Run the migrations that are missing. Raises JournalError for a journal that is newer than the program."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["engine"] = engine
    try:
        command.upgrade(config, revision)
    except SQLAlchemyError as error:
        raise JournalError("The journal's tables can't be brought up to date.", permanent=True) from error
    except CommandError as error:
        raise JournalError(
            "The journal is newer than this program.", code="journal.newer", permanent=True
        ) from error
