"""Insert a row unless it is there already, in one statement: two workers who see the same thing make one row of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row; False, and nothing changed, when one with the same key exists.

    On PostgreSQL this waits for another transaction that is just inserting the same key, and sees its row afterwards.
    """
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return connection.execute(make(table).values(**values).on_conflict_do_nothing()).rowcount == 1
