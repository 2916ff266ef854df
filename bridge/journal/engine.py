"""Open the journal's database and give out transactions.

SQLite runs in WAL mode with full synchronisation: a receipt that was committed survives a power cut. Writers take
their lock at the start (BEGIN IMMEDIATE), so a transaction never fails half-way for want of it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from bridge.errors import BridgeError

BUSY_SECONDS = 30
# A host that lost power or network in mid-transaction must not keep its locks: without these, PostgreSQL would wait
# two hours for it.
QUICK_TO_NOTICE = " ".join(
    f"-c {name}"
    for name in (
        "tcp_keepalives_idle=10",
        "tcp_keepalives_interval=5",
        "tcp_keepalives_count=3",
        "idle_in_transaction_session_timeout=60000",
    )
)


class JournalError(BridgeError):
    """Report that the journal can't be opened, read or written. The text never carries a statement's values."""

    code = "journal.failed"


class Journal:
    """Give out read and write transactions on one database; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sqlite = engine.dialect.name == "sqlite"
        self._writer: AbstractContextManager[Any] = threading.RLock() if self.sqlite else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection for reading; nothing is kept of what it changes."""
        with _wrapped(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection whose changes are all kept on leaving, or none of them when an exception passes."""
        with _wrapped(), self._writer, self.engine.connect() as raw:
            connection = raw.execution_options(immediate=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Close all connections; for SQLite this folds the WAL file into the database."""
        self.engine.dispose()


def open_engine(url: str) -> Engine:
    """Make an engine for `url` (sqlite:///… or postgresql://…); creates the database's folder for SQLite.

    Raises JournalError for a URL that names no supported database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise JournalError("The journal's URL is not valid.", code="journal.url", permanent=True) from None
    name = parsed.get_backend_name()
    if name == "sqlite":
        return _sqlite(url, parsed.database)
    if name == "postgresql":
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            hide_parameters=True,
            max_overflow=64,
            connect_args={"options": QUICK_TO_NOTICE, "application_name": "otrs-bridge"},
        )
    raise JournalError("The journal's URL must be sqlite or postgresql.", code="journal.url", permanent=True)


def _sqlite(url: str, database: str | None) -> Engine:
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: Any) -> None:
    # The driver's own implicit BEGIN is switched off; ours is sent below (SQLAlchemy, "pysqlite" dialect notes).
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def _wrapped() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        kind = type(error.orig).__name__ if error.orig else type(error).__name__
        raise JournalError(f"The journal's database failed ({kind}).") from error
    except SQLAlchemyError as error:
        raise JournalError(f"The journal can't be used ({type(error).__name__}).") from error
