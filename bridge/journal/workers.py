"""Workers: the programs that share a PostgreSQL journal, and what becomes of the work of one that died.

All times are the database's, so that a host with a wrong clock neither dies nor kills.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Double, cast, delete, extract, func, select, update

from bridge.journal.schema import cases, workers
from bridge.journal.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Worker:
    """One program at work. `age` is the seconds since its last sign of life, `in_hand` the cases that it has leased."""

    name: str
    host: str
    process: int
    threads: int
    started: dt.datetime
    age: float
    in_hand: int


def beat(connection: Connection, name: str, host: str, process: int, threads: int) -> None:
    """Give a sign of life."""
    now = connection.execute(select(func.now())).scalar_one()
    made = {"host": host[:60], "process": process, "threads": threads, "started": now, "seen": now}
    if not insert_new(connection, workers, {"name": name, **made}):
        connection.execute(update(workers).where(workers.c.name == name).values(seen=now))


def listing(connection: Connection) -> list[Worker]:
    """Return all workers by host and process; none for SQLite, whose one program needs no list."""
    if connection.dialect.name != "postgresql":
        return []
    in_hand = (
        select(func.count())
        .where(cases.c.lease_owner.startswith(workers.c.name + "."), cases.c.lease_until.is_not(None))
        .scalar_subquery()
    )
    columns = [workers.c[name] for name in ("name", "host", "process", "threads", "started")]
    query = select(*columns, _age(), in_hand).order_by(workers.c.host, workers.c.process)
    return [Worker(*row[:5], float(row[5]), row[6]) for row in connection.execute(query)]


def bury(connection: Connection, seconds: float) -> list[str]:
    """Take the leases from workers that gave no sign of life for so long; returns their names.

    A worker that was only slow loses its leases too, notices it before its next act, and signs on again.
    """
    silent = delete(workers).where(_age() > seconds).returning(workers.c.name)
    names = list(connection.execute(silent).scalars())
    for name in names:
        sign_off(connection, name)
    return names


def sign_off(connection: Connection, name: str) -> None:
    """Give back whatever a worker has in hand and take it from the list."""
    theirs = cases.c.lease_owner.startswith(f"{name}.", autoescape=True)
    connection.execute(update(cases).where(theirs).values(lease_owner=None, lease_until=None))
    connection.execute(delete(workers).where(workers.c.name == name))


def _age() -> ColumnElement[float]:
    """Tell the seconds since a worker's last sign of life."""
    moments = (extract("epoch", func.clock_timestamp()), extract("epoch", workers.c.seen))
    return cast(moments[0] - moments[1], Double)
