"""Leases: who has a case in hand. A claim is one conditional update; whoever finds it taken leaves it alone."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, and_, bindparam, or_, update

from bridge.errors import BridgeError
from bridge.journal.schema import cases


class LeaseLostError(BridgeError):
    """Report that another worker has the case now; the step in hand must not be done."""

    code = "lease.lost"


def claim(connection: Connection, case_id: int, owner: str, now: dt.datetime, seconds: int) -> bool:
    """Take a case in hand for `seconds`; False when another worker got there first.

    Threads of one process share its name, so a claim by the same owner is another worker's too.
    """
    given = {"of": case_id, "me": owner, "now": now, "until": now + dt.timedelta(seconds=seconds)}
    return connection.execute(_CLAIM, given).rowcount == 1


def renew(connection: Connection, case_id: int, owner: str, now: dt.datetime, seconds: int) -> None:
    """Prolong a lease that is still ours, before every act.

    Raises LeaseLostError when it is not, or when a person has put the case on hold meanwhile.
    """
    given = {"of": case_id, "me": owner, "now": now, "until": now + dt.timedelta(seconds=seconds)}
    if connection.execute(_RENEW, given).rowcount != 1:
        raise LeaseLostError("Another worker has this case now.")


def release(connection: Connection, case_id: int, owner: str) -> None:
    """Give a case back; nothing happens when it is no longer ours."""
    connection.execute(_RELEASE, {"of": case_id, "me": owner})


_OF, _ME = cases.c.id == bindparam("of"), bindparam("me", type_=cases.c.lease_owner.type)
_NOW, _UNTIL = (bindparam(name, type_=cases.c.lease_until.type) for name in ("now", "until"))
_FREE = or_(cases.c.lease_until.is_(None), cases.c.lease_until <= _NOW)
_OURS = and_(cases.c.lease_owner == _ME, cases.c.lease_until > _NOW, cases.c.state != "held")
_CLAIM = update(cases).where(_OF, _FREE).values(lease_owner=_ME, lease_until=_UNTIL)
_RENEW = update(cases).where(_OF, _OURS).values(lease_until=_UNTIL)
_RELEASE = update(cases).where(_OF, cases.c.lease_owner == _ME).values(lease_owner=None, lease_until=None)
