"""Single values that belong to the journal as a whole."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from bridge.journal.schema import meta
from bridge.journal.upsert import insert_new


def get(connection: Connection, name: str) -> str | None:
    """Return a value, None when it was never set."""
    found: str | None = connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar()
    return found


def put(connection: Connection, name: str, value: str) -> None:
    """Set a value."""
    if not insert_new(connection, meta, {"name": name, "value": value}):
        connection.execute(update(meta).where(meta.c.name == name).values(value=value))
