"""Single values that belong to the journal as a whole."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from bridge.journal.schema import meta


def get(connection: Connection, name: str) -> str | None:
    """Return a value, None when it was never set."""
    found: str | None = connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar()
    return found


def put(connection: Connection, name: str, value: str) -> None:
    """Set a value."""
    changed = connection.execute(update(meta).where(meta.c.name == name).values(value=value)).rowcount
    if changed == 0:
        connection.execute(insert(meta).values(name=name, value=value))
