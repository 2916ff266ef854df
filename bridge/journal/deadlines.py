"""Time limits of requests: which are open, when they end, and whether a case still has somebody to remind."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from bridge.journal.schema import cases, tickets
from bridge.workflow.model import Deadline

UNDECIDED = ("new", "working", "waiting", "held", "parked")
PROVISIONAL = Deadline(months=1)
"""What a request is given that nobody has decided about: it may be one under Art. 15 to 22 GDPR."""


@dataclass(frozen=True, slots=True)
class Due:
    """One time limit: for the pages of the DPO and for reminders.

    `state` is the case's: done means that the bridge's part is done, not that the request is answered. `provisional`:
    nobody has decided yet what the request is. `received` is what the limit counts from.
    """

    case_id: int
    due: dt.datetime
    category: str
    state: str
    received: dt.datetime
    workflow: str = ""
    provisional: bool = False


def open_deadlines(connection: Connection, controller: str, until: dt.datetime | None = None) -> list[Due]:
    """Return the time limits that still run or have passed unanswered, the nearest first; those up to `until` only.

    A limit is over with when the ticket that carries it is closed in OTRS (as the bridge last saw it), or erased.
    """
    open_ticket = select(tickets.c.id).where(
        tickets.c.case_id == cases.c.id,
        tickets.c.role.in_(("handover", "full", "original", "parked")),
        tickets.c.state == "open",
    )
    undecided = cases.c.state.in_(UNDECIDED)
    query = (
        select(
            cases.c.id,
            cases.c.due,
            cases.c.category,
            cases.c.state,
            cases.c.received,
            cases.c.workflow,
        )
        .where(cases.c.controller == controller, cases.c.salt != "")
        .where(
            or_(
                cases.c.due.is_not(None) & (undecided | open_ticket.exists()),
                cases.c.due.is_(None) & cases.c.state.in_(("held", "parked")) & cases.c.plan.is_(None),
                cases.c.due.is_(None) & (cases.c.state == "parked"),
            )
        )
    )
    found = [_due(*row) for row in connection.execute(query)]
    return sorted((one for one in found if until is None or one.due <= until), key=lambda one: one.due)


def _due(
    case_id: int,
    due: dt.datetime | None,
    category: str | None,
    state: str,
    received: dt.datetime,
    workflow: str | None,
) -> Due:
    # The clock runs for what is parked as well: from receipt, whatever it turns out to be.
    end = due or PROVISIONAL.end(received)
    return Due(case_id, end, category or "", state, received, workflow or "", due is None)
