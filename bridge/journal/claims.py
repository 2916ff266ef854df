"""Leases: who has a case in hand. A claim is one conditional update; whoever finds it taken leaves it alone."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, or_, update

from bridge.errors import BridgeError
from bridge.journal.schema import cases


class LeaseLostError(BridgeError):
    """Report that another worker has the case now; the step in hand must not be done."""

    code = "lease.lost"


def claim(connection: Connection, case_id: int, owner: str, now: dt.datetime, seconds: int) -> bool:
    """Take a case in hand for `seconds`; False when another worker got there first.

    Threads of one process share its name, so a claim by the same owner is another worker's too.
    """
    free = or_(cases.c.lease_until.is_(None), cases.c.lease_until <= now)
    until = now + dt.timedelta(seconds=seconds)
    result = connection.execute(
        update(cases).where(cases.c.id == case_id, free).values(lease_owner=owner, lease_until=until)
    )
    return result.rowcount == 1


def renew(connection: Connection, case_id: int, owner: str, now: dt.datetime, seconds: int) -> None:
    """Prolong a lease that is still ours, before every act.

    Raises LeaseLostError when it is not, or when a person has put the case on hold meanwhile.
    """
    ours = (
        cases.c.id == case_id,
        cases.c.lease_owner == owner,
        cases.c.lease_until > now,
        cases.c.state != "held",
    )
    until = now + dt.timedelta(seconds=seconds)
    if connection.execute(update(cases).where(*ours).values(lease_until=until)).rowcount != 1:
        raise LeaseLostError("Another worker has this case now.")


def release(connection: Connection, case_id: int, owner: str) -> None:
    """Give a case back; nothing happens when it is no longer ours."""
    ours = (cases.c.id == case_id, cases.c.lease_owner == owner)
    connection.execute(update(cases).where(*ours).values(lease_owner=None, lease_until=None))
