"""Cases: the record of one request, from its first sight to the loss of its ids."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, RowMapping, Update, and_, bindparam, delete, func, or_, select, update

from bridge.journal.schema import HAS_IDS, cases, copies, message_refs, receipts, tickets
from bridge.journal.upsert import insert_new

OPEN = ("new", "working", "waiting")
FINAL = ("done",)


@dataclass(frozen=True, slots=True)
class Case:
    """One case as it stands in the journal. `ref` is the keyed hash of the request's identity."""

    id: int
    ref: str
    salt: str
    controller: str
    source: str
    category: str | None
    workflow: str | None
    workflow_version: int | None
    plan: Mapping[str, Any] | None
    joined: int | None
    state: str
    code: str | None
    sender: str | None
    digest: str | None
    size: int | None
    received: dt.datetime
    due: dt.datetime | None
    created: dt.datetime
    finished: dt.datetime | None
    attempts: int
    next_attempt: dt.datetime | None
    lease_owner: str | None


_COLUMNS = [cases.c[name] for name in Case.__dataclass_fields__]
# Statements that every request needs are built once: building costs more than running them.
_BY_REF = select(*_COLUMNS).where(cases.c.ref == bindparam("ref"))
_BY_ID = select(*_COLUMNS).where(cases.c.id == bindparam("id"))
_STATE = select(cases.c.state).where(cases.c.id == bindparam("id"))


def _case(row: RowMapping) -> Case:
    return Case(**dict(row))


@dataclass(frozen=True, slots=True)
class NewCase:
    """What is known of a request when it is first seen; the first of `salts` is its salt in the deletion log."""

    ref: str
    controller: str
    source: str
    received: dt.datetime
    sender: str | None
    digest: str | None
    size: int | None
    salts: tuple[str, ...] = ()


def open_case(connection: Connection, new: NewCase, now: dt.datetime) -> Case:
    """Return the case of this identity, made now if there was none: the same request is one case, always."""
    found = by_ref(connection, new.ref)
    if found is not None:
        return found
    values = {name: getattr(new, name) for name in NewCase.__dataclass_fields__ if name != "salts"}
    salt = new.salts[0] if new.salts else secrets.token_hex(16)
    values |= {"salt": salt, "state": "new", "created": now, "updated": now}
    insert_new(connection, cases, values)
    made = by_ref(connection, new.ref)
    assert made is not None  # noqa: S101  # inserted above, or by another worker who was quicker
    return made


def by_ref(connection: Connection, ref: str) -> Case | None:
    """Return the case of an identity, or None."""
    row = connection.execute(_BY_REF, {"ref": ref}).mappings().first()
    return _case(row) if row else None


def by_id(connection: Connection, case_id: int) -> Case | None:
    """Return a case by its number, or None."""
    row = connection.execute(_BY_ID, {"id": case_id}).mappings().first()
    return _case(row) if row else None


def is_held(connection: Connection, case_id: int) -> bool:
    """Tell whether a case is on hold now."""
    return connection.execute(_STATE, {"id": case_id}).scalar() == "held"


def change(connection: Connection, case_id: int, now: dt.datetime, **values: Any) -> None:
    """Set columns of a case; `updated` follows."""
    given = {f"new_{name}": value for name, value in values.items()}
    connection.execute(_change(tuple(values)), {"of": case_id, "new_updated": now, **given})


@lru_cache(maxsize=64)
def _change(names: tuple[str, ...]) -> Update:
    given = {name: bindparam(f"new_{name}", type_=cases.c[name].type) for name in ("updated", *names)}
    return update(cases).where(cases.c.id == bindparam("of")).values(given)


def finish(connection: Connection, case_id: int, now: dt.datetime) -> None:
    """End a case: all its steps have their receipts."""
    change(connection, case_id, now, state="done", code=None, finished=now, next_attempt=None)


def reopen(connection: Connection, case_id: int, now: dt.datetime) -> None:
    """Let a case that is through go on, because a further copy turned up: it has to share the others' fate.

    Written with the copy, so that a crash right after it loses neither.
    """
    where, again = cases.c.id == case_id, {"updated": now, "next_attempt": now}
    late = {**again, "state": "waiting", "code": "late-copy", "finished": None}
    connection.execute(update(cases).where(where, cases.c.state == "done").values(**late))
    connection.execute(update(cases).where(where, cases.c.state == "parked").values(**again))


def due_cases(
    connection: Connection,
    controller: str,
    now: dt.datetime,
    *,
    case_id: int | None = None,
    limit: int = 1000,
) -> list[Case]:
    """Return open cases whose next attempt is due and which nobody has in hand, the oldest first, or just the one.

    A parked case with a next attempt is one whose parking itself is not finished.
    """
    parking = and_(cases.c.state == "parked", cases.c.next_attempt.is_not(None))
    query = (
        select(*_COLUMNS)
        .where(
            cases.c.controller == controller,
            or_(cases.c.state.in_(OPEN), parking),
            or_(cases.c.next_attempt.is_(None), cases.c.next_attempt <= now),
            or_(cases.c.lease_until.is_(None), cases.c.lease_until <= now),
        )
        .order_by(cases.c.id)
        .limit(limit)
    )
    if case_id is not None:
        query = query.where(cases.c.id == case_id)
    return [_case(row) for row in connection.execute(query).mappings()]


def listing(
    connection: Connection, *, states: Sequence[str] = (), controller: str | None = None, limit: int = 200
) -> list[Case]:
    """Return cases, the newest first, narrowed by state and controller."""
    query = select(*_COLUMNS).order_by(cases.c.id.desc()).limit(limit)
    if states:
        query = query.where(cases.c.state.in_(states))
    if controller:
        query = query.where(cases.c.controller == controller)
    return [_case(row) for row in connection.execute(query).mappings()]


def joined_to(connection: Connection, case_id: int) -> list[Case]:
    """Return the follow-ups of a case, the oldest first."""
    query = select(*_COLUMNS).where(cases.c.joined == case_id).order_by(cases.c.id)
    return [_case(row) for row in connection.execute(query).mappings()]


def count_by(connection: Connection, controller: str) -> dict[tuple[str | None, str], int]:
    """Count cases by (category, state)."""
    query = (
        select(cases.c.category, cases.c.state, func.count())
        .where(cases.c.controller == controller)
        .group_by(cases.c.category, cases.c.state)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(query)}


def forget_finished(connection: Connection, before: dt.datetime, now: dt.datetime) -> int:
    """Take the ids from cases finished before `before`; what stays are labels, counts and times.

    Tickets keep no row either: those that the bridge made carry BridgeRef, by which the queue poller knows them.
    Returns the number of cases.
    """
    over = or_(cases.c.due.is_(None), cases.c.due < now)  # until then people have to be reminded
    old = select(cases.c.id).where(cases.c.finished < before, over, HAS_IDS).limit(5000)
    ids = list(connection.execute(old).scalars())
    for table in (copies, receipts, tickets, message_refs):
        connection.execute(delete(table).where(table.c.case_id.in_(ids)))
    for case_id in ids:
        blank: dict[str, Any] = {"ref": secrets.token_hex(32), "sender": None, "digest": None, "size": None}
        change(connection, case_id, now, plan=None, joined=None, salt="", **blank)
    return len(ids)
