"""Compare the journal with the deletion log: the only way to notice an entry that was never written.

Mail taken in = tickets + answers + filed + parked; forwarded = erased + held + failed. What came in and what was handed
over is counted in the journal, what was erased in the log, so that a difference shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bridge.deletion_log.entry import Entry
from bridge.deletion_log.tables import entries, logs
from bridge.deletion_log.words import Event, Method
from bridge.journal.schema import cases, tickets

FILED = ("automated", "spam")
ANSWERED = ("joining-leaving",)
FORWARDED = ("data-protection", "membership")
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Counts:
    """Both sums of a period, without the requests that are `unfinished`; `forgotten` ones have lost their ids.

    A request that is done counts only where something of it is found: a ticket, a filed mail, an answer.
    """

    taken_in: int = 0
    tickets: int = 0
    answers: int = 0
    filed: int = 0
    parked: int = 0
    forwarded: int = 0
    erased: int = 0
    held: int = 0
    failed: int = 0
    unfinished: int = 0
    forgotten: int = 0

    @property
    def intake_differs(self) -> int:
        """Return how many requests taken in are in no column."""
        return self.taken_in - self.tickets - self.answers - self.filed - self.parked

    @property
    def erasing_differs(self) -> int:
        """Return how many requests handed over have no result in the log."""
        return self.forwarded - self.erased - self.held - self.failed


@dataclass(frozen=True, slots=True)
class _Known:
    category: str | None
    state: str
    salt: str
    roles: frozenset[str]
    joined: bool


def reconcile(
    connection: Connection, controller: str, base: str, since: dt.datetime, until: dt.datetime
) -> Counts:
    """Count the requests first seen from `since` up to (not including) `until`, and what became of them."""
    known = _cases(connection, controller, since, until)
    places = [_place(one) for one in known]
    forwarded = [one for one in known if _forwarded(one)]
    last = _last_events(connection, base, [one.salt for one in forwarded if one.salt])
    results = [_result(one, last) for one in forwarded if one.salt]
    return Counts(
        len(known) - places.count("unfinished"),
        **{name: places.count(name) for name in ("tickets", "answers", "filed", "parked", "unfinished")},
        forwarded=len(results),
        **{name: results.count(name) for name in ("erased", "held", "failed")},
        forgotten=sum(not one.salt for one in forwarded),
    )


def _cases(connection: Connection, controller: str, since: dt.datetime, until: dt.datetime) -> list[_Known]:
    query = select(cases.c.id, cases.c.category, cases.c.state, cases.c.salt, cases.c.joined).where(
        cases.c.controller == controller, cases.c.created >= since, cases.c.created < until
    )
    rows = connection.execute(query).all()
    roles: dict[int, set[str]] = {row.id: set() for row in rows}
    made = (
        select(tickets.c.case_id, tickets.c.role)
        .join_from(tickets, cases)
        .where(cases.c.controller == controller, cases.c.created >= since, cases.c.created < until)
    )
    for case_id, role in connection.execute(made):
        roles[case_id].add(role)
    return [
        _Known(row.category, row.state, row.salt, frozenset(roles[row.id]), row.joined is not None)
        for row in rows
    ]


def _place(case: _Known) -> str:
    if case.state == "parked":
        return "parked"
    if case.roles - {"original"} or case.joined:
        return "tickets"
    if case.state != "done":
        return "unfinished"
    if case.category in FILED:
        return "filed"
    if case.category in ANSWERED:
        return "answers"
    return "missing" if case.salt else "tickets"  # its tickets were forgotten with its other ids


def _forwarded(case: _Known) -> bool:
    return "handover" in case.roles or (not case.salt and case.category in FORWARDED)


def _last_events(connection: Connection, base: str, salts: Sequence[str]) -> dict[str, Event]:
    """Read the last word of the log on every one of these cases.

    The column only narrows the search; what counts is the entry. Whoever changes the column makes a difference show.
    """
    last: dict[str, Event] = {}
    for start in range(0, len(salts), _CHUNK):
        query = (
            select(entries.c.body)
            .join_from(entries, logs)
            .where(logs.c.base == base, entries.c.case_salt.in_(salts[start : start + _CHUNK]))
            .where(entries.c.body.is_not(None))
            .order_by(logs.c.year, entries.c.position)
        )
        for (body,) in connection.execute(query):
            entry = Entry.from_json(body)
            if entry.method is not Method.NONE:
                last[entry.references.case_salt] = entry.event
    return last


def _result(case: _Known, last: dict[str, Event]) -> str:
    event = last.get(case.salt)
    if event is Event.VERIFIED:
        return "erased"
    if event in (Event.FAILED, Event.UNVERIFIABLE):
        return "failed"
    if event is Event.HOLD or case.state != "done":
        return "held"
    return "missing"
