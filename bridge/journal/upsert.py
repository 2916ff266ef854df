"""Insert a row unless it is there already, in one statement: two workers who see the same thing make one row of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row; False, and nothing changed, when one with the same key exists.

    On PostgreSQL this waits for another transaction that is just inserting the same key, and sees its row afterwards.
    """
    statement = _statement(table, connection.dialect.name)
    # SQLAlchemy forgets an INSERT's number of rows unless it is told to keep it.
    result = connection.execute(statement, dict(values), execution_options={"preserve_rowcount": True})
    return result.rowcount == 1


@lru_cache(maxsize=64)
def _statement(table: Table, dialect: str) -> Insert:
    """Build the statement once: building costs more than running it."""
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return make(table).on_conflict_do_nothing()
