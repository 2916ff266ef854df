"""Brakes on erasing: limits, doubts about the servers, and the operator's own stop.

A brake stands until a person lifts it. Limits count every erasure begun in the sense of the design's section 4
and need no lifting: an hour later there is room again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, text, update

from bridge.journal.schema import brakes, erasures
from bridge.journal.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Brake:
    """A brake that was pulled: why (code), at which place, when."""

    id: int
    controller: str
    code: str
    place: str
    set: dt.datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """How many erasures may begin in one run and in any one hour."""

    per_run: int = 50
    per_hour: int = 200


def pull(connection: Connection, controller: str, code: str, place: str, now: dt.datetime) -> bool:
    """Stop all erasing of a controller until a person lifts it; False when this brake was on already."""
    on = (brakes.c.controller == controller, brakes.c.code == code, brakes.c.lifted.is_(None))
    if connection.execute(select(brakes.c.id).where(*on)).first():
        return False
    connection.execute(insert(brakes).values(controller=controller, code=code, place=place, set=now))
    return True


def pulled(connection: Connection, controller: str | None = None) -> list[Brake]:
    """Return the brakes that are on, the oldest first."""
    query = select(brakes.c.id, brakes.c.controller, brakes.c.code, brakes.c.place, brakes.c.set)
    query = query.where(brakes.c.lifted.is_(None)).order_by(brakes.c.id)
    if controller is not None:
        query = query.where(brakes.c.controller == controller)
    return [Brake(*row) for row in connection.execute(query)]


def lift(connection: Connection, brake_id: int, account: str, now: dt.datetime) -> bool:
    """Lift a brake in a person's name; False when it is not on."""
    where = (brakes.c.id == brake_id, brakes.c.lifted.is_(None))
    return (
        connection.execute(update(brakes).where(*where).values(lifted=now, lifted_by=account)).rowcount == 1
    )


def stop_code(
    connection: Connection, controller: str, run: str, limits: Limits, now: dt.datetime
) -> str | None:
    """Tell why no erasure may begin now, or None when one may."""
    on = pulled(connection, controller)
    if on:
        return on[0].code
    begun = select(func.count()).select_from(erasures).where(erasures.c.controller == controller)
    if connection.execute(begun.where(erasures.c.run == run)).scalar_one() >= limits.per_run:
        return "limit-per-run"
    hour_ago = now - dt.timedelta(hours=1)
    if connection.execute(begun.where(erasures.c.at > hour_ago)).scalar_one() >= limits.per_hour:
        return "limit-per-hour"
    return None


def one_at_a_time(connection: Connection) -> None:
    """Let no other transaction count erasures before this one has ended; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE erasures IN SHARE ROW EXCLUSIVE MODE"))


def begin(
    connection: Connection, controller: str, case_id: int, step: str, run: str, now: dt.datetime
) -> None:
    """Count an erasure as begun; the same step of a case counts once however often it is tried."""
    values = {"controller": controller, "case_id": case_id, "step": step, "run": run, "at": now}
    insert_new(connection, erasures, values)


def end(connection: Connection, case_id: int, step: str, result: str) -> None:
    """Note an erasure's result: verified, failed or unverifiable."""
    where = (erasures.c.case_id == case_id, erasures.c.step == step)
    connection.execute(update(erasures).where(*where).values(result=result))
