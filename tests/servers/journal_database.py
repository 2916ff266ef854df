"""Empty PostgreSQL databases for tests of the bridge's own journal."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql


@contextmanager
def fresh_database(servers: dict[str, Any]) -> Iterator[str]:
    """Create a database for the role `bridge`, yield its SQLAlchemy URL (psycopg 3), and drop it."""
    name = f"journal_{uuid.uuid4().hex[:12]}"
    host, port = servers["host"], servers["ports"]["postgres"]
    password = servers["passwords"]["journal_database"]
    with psycopg.connect(
        host=host, port=port, user="bridge", password=password, dbname="bridge", autocommit=True
    ) as own:
        own.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"postgresql+psycopg://bridge:{password}@{host}:{port}/{name}"
        finally:
            _drop(own, name)


def _drop(own: psycopg.Connection[Any], name: str) -> None:
    """Drop a database; the server's own vacuum may be in it, which only a superuser can end, so wait for it."""
    deadline = time.monotonic() + 30
    while True:
        try:
            own.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
