"""When a log's time is over: drop the contents of its entries and keep their hashes."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, update

from bridge.deletion_log.detail import ContentDrop
from bridge.deletion_log.entry import Draft
from bridge.deletion_log.reading import LogState, StoreError
from bridge.deletion_log.store import Clock, DeletionLog, append, utc_now
from bridge.deletion_log.tables import entries
from bridge.deletion_log.words import Cause, Event, Level, Method, Result, Role


def is_due(year: int, now: dt.datetime, retention_years: int = 3) -> bool:
    """Tell whether a year's log may lose its contents: after the end of the third calendar year by default."""
    return now.year > year + retention_years


def expire(
    connection: Connection,
    log: DeletionLog,
    state: LogState,
    retention_years: int = 3,
    clock: Clock = utc_now,
    ordered_by: Role = Role.WORKFLOW,
) -> int:
    """Drop the contents of a log whose retention period is over; return how many entries lost theirs.

    Entry 0 is kept: it holds nothing but the link to the year before. The year key should be destroyed with it. What
    was done becomes an entry of the current log. Raises StoreError before the period is over.
    """
    if not is_due(state.year, clock(), retention_years):
        raise StoreError("the retention period of this log is not over", code="log.not-due", permanent=True)
    empty = dict.fromkeys(("body", "event", "category", "level", "write_time", "case_salt", "reference"))
    query = update(entries).where(
        entries.c.log_id == state.id, entries.c.position > 0, entries.c.body.is_not(None)
    )
    count = connection.execute(query.values(**empty)).rowcount
    if count:
        append(connection, log, _draft(log, state, count, clock(), ordered_by), clock)
    return count


def _draft(log: DeletionLog, state: LogState, count: int, now: dt.datetime, ordered_by: Role) -> Draft:
    return Draft(
        event=Event.EXECUTED,
        event_time=now,
        result=Result.OK,
        instance=log.instance,
        version=log.version,
        cause=Cause.PERIOD,
        place="log:contents",
        objects=count,
        method=Method.CONTENT_DROP,
        level=Level.NONE,
        ordered_by=ordered_by,
        detail=ContentDrop(state.year, count),
    )
