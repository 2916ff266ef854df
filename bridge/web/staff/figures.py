"""Count what overview, report and metrics show: from the journal and from the deletion log."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from bridge.deletion_log import reading
from bridge.deletion_log.entry import read_time, time_text
from bridge.deletion_log.tables import checkpoints, entries, logs
from bridge.journal.schema import cases, erasures

CLOSING = ("verified", "failed", "unverifiable")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A case whose deadline runs."""

    case_id: int
    category: str | None
    state: str
    due: dt.datetime


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the log is covered: entries in all, entries of the last checkpoint that left, and when that was."""

    size: int = 0
    left_size: int = 0
    left_at: dt.datetime | None = None

    @property
    def uncovered(self) -> int:
        """Return how many entries could still be changed without a trace."""
        return self.size - self.left_size


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened from `since` up to (not including) `until`, and what is open now.

    `requests` counts by (start of the week, category), `erased` by (event, level), `events` all log entries by event.
    """

    since: dt.datetime
    until: dt.datetime
    requests: Mapping[tuple[dt.date, str], int]
    erased: Mapping[tuple[str, str], int]
    events: Mapping[str, int]
    states: Mapping[str, int]
    unresolved: Mapping[str, int]
    deadlines: tuple[Deadline, ...]
    coverage: Coverage = field(default_factory=Coverage)

    @property
    def by_category(self) -> Counter[str]:
        """Count requests by category."""
        total: Counter[str] = Counter()
        for (_, category), count in self.requests.items():
            total[category] += count
        return total

    def overdue(self, now: dt.datetime) -> int:
        """Count deadlines that are over."""
        return sum(one.due < now for one in self.deadlines)


def collect(
    connection: Connection, controller: str, base: str, since: dt.datetime, until: dt.datetime
) -> Figures:
    """Count for one controller; `base` is the origin of its logs without the year."""
    log_counts = _log_counts(connection, base, since, until)
    events: Counter[str] = Counter()
    for (event, _), count in log_counts.items():
        events[event] += count
    return Figures(
        since,
        until,
        _requests(connection, controller, since, until),
        {key: count for key, count in log_counts.items() if key[0] in CLOSING},
        events,
        _states(connection, controller),
        _unresolved(connection, controller),
        tuple(_deadlines(connection, controller)),
        coverage(connection, base),
    )


def coverage(connection: Connection, base: str) -> Coverage:
    """Tell how far the newest log is covered by a checkpoint that left."""
    state = reading.latest(connection, base)
    if state is None:
        return Coverage()
    left = reading.last_left(connection, state)
    return (
        Coverage(state.size, left[0], read_time(left[1]))
        if left
        else Coverage(state.size, 0, last_left(connection, base))
    )


def last_left(connection: Connection, base: str) -> dt.datetime | None:
    """Tell when the last checkpoint of any year left."""
    query = select(func.max(checkpoints.c.left)).join_from(checkpoints, logs).where(logs.c.base == base)
    found = connection.execute(query).scalar()
    return read_time(found) if found else None


def _requests(
    connection: Connection, controller: str, since: dt.datetime, until: dt.datetime
) -> Counter[tuple[dt.date, str]]:
    query = select(cases.c.received, cases.c.category).where(
        cases.c.controller == controller, cases.c.received >= since, cases.c.received < until
    )
    counted: Counter[tuple[dt.date, str]] = Counter()
    for received, category in connection.execute(query):
        date = received.astimezone(since.tzinfo).date()
        counted[(date - dt.timedelta(days=date.weekday()), category or "none")] += 1
    return counted


def _log_counts(
    connection: Connection, base: str, since: dt.datetime, until: dt.datetime
) -> dict[tuple[str, str], int]:
    span = [time_text(one.astimezone(dt.UTC)) for one in (since, until)]
    query = (
        select(entries.c.event, entries.c.level, func.count())
        .join_from(entries, logs)
        .where(logs.c.base == base, entries.c.write_time >= span[0], entries.c.write_time < span[1])
        .group_by(entries.c.event, entries.c.level)
    )
    return {(event, level): count for event, level, count in connection.execute(query)}


def _states(connection: Connection, controller: str) -> dict[str, int]:
    query = (
        select(cases.c.state, func.count()).where(cases.c.controller == controller).group_by(cases.c.state)
    )
    return {state: count for state, count in connection.execute(query)}


def _unresolved(connection: Connection, controller: str) -> dict[str, int]:
    query = (
        select(erasures.c.result, func.count())
        .where(erasures.c.controller == controller, erasures.c.result.in_(("failed", "unverifiable")))
        .group_by(erasures.c.result)
    )
    return {result: count for result, count in connection.execute(query)}


def _deadlines(connection: Connection, controller: str) -> list[Deadline]:
    query = (
        select(cases.c.id, cases.c.category, cases.c.state, cases.c.due)
        .where(cases.c.controller == controller, cases.c.due.is_not(None), cases.c.state != "done")
        .order_by(cases.c.due)
    )
    return [Deadline(*row) for row in connection.execute(query)]
