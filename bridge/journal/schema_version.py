"""Bring the journal's tables up to date (Alembic, without a configuration file)."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from bridge.journal.engine import JournalError

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(engine: Engine, revision: str = "head") -> None:
    """Run the migrations that are missing. Raises JournalError for a journal that is newer than the program.

    Alembic is imported only when there is something to do: it costs as much at start as the journal itself.
    """
    if revision == "head" and _current(engine) == newest():
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

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


def newest() -> str:
    """Return the revision of the last migration: its number, by which the files are named."""
    return max(path.name[:4] for path in (SCRIPTS / "versions").glob("0*.py"))


def _current(engine: Engine) -> str | None:
    """Return the journal's revision, None for a new one or one that can't be asked."""
    try:
        with engine.connect() as connection:
            found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return found
    except SQLAlchemyError:
        return None
