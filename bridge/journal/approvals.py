"""Approvals: a workflow version approved once, erasures by hand and replays ordered by one person, approved by another.

A row holds digests or keyed references and the number of the account that gave it, never a name.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bridge.journal.schema import approvals
from bridge.journal.upsert import insert_new

ORDERING = "operator"
APPROVING = ("dpo", "approver")


@dataclass(frozen=True, slots=True)
class Approval:
    """One approval, or an order where `role` is operator. `subject` is a workflow's digest or a case's ref."""

    kind: str
    subject: str
    role: str
    account: str
    at: dt.datetime


_COLUMNS = tuple(approvals.c[name] for name in Approval.__dataclass_fields__)


def give(connection: Connection, controller: str, approval: Approval) -> bool:
    """Note an approval or order; False when this account has given it already."""
    values = {name: getattr(approval, name) for name in Approval.__dataclass_fields__}
    return insert_new(connection, approvals, {"controller": controller, **values})


def given(connection: Connection, controller: str, kind: str, subject: str | None = None) -> list[Approval]:
    """Return orders and approvals of a kind, the oldest first; of one subject when it is given."""
    query = select(*_COLUMNS).where(approvals.c.controller == controller, approvals.c.kind == kind)
    if subject is not None:
        query = query.where(approvals.c.subject == subject)
    return [Approval(*row) for row in connection.execute(query.order_by(approvals.c.id))]


def is_approved(connection: Connection, controller: str, kind: str, subject: str) -> bool:
    """Tell whether a subject is approved; what was ordered needs another account's approval."""
    all_given = given(connection, controller, kind, subject)
    orders = {one.account for one in all_given if one.role == ORDERING}
    return any(one.role in APPROVING and one.account not in orders for one in all_given)
