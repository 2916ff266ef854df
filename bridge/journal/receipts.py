"""Receipts: what was sent and what is known to be done, one row a step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from bridge.journal.schema import receipts
from bridge.journal.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Receipt:
    """One step's state: `sent` (begun, outcome unknown) or `done`; `attrs` are ids, counts and keyed digests."""

    step: str
    state: str
    at: dt.datetime
    attrs: Mapping[str, Any]

    @property
    def done(self) -> bool:
        return self.state == "done"


def of_case(connection: Connection, case_id: int) -> dict[str, Receipt]:
    """Return all receipts of a case by step."""
    rows = connection.execute(_OF_CASE, {"of": case_id})
    return {row.step: Receipt(row.step, row.state, row.at, row.attrs) for row in rows}


_OF_CASE = select(receipts.c.step, receipts.c.state, receipts.c.at, receipts.c.attrs).where(
    receipts.c.case_id == bindparam("of")
)


def put(
    connection: Connection, case_id: int, step: str, state: str, now: dt.datetime, attrs: Mapping[str, Any]
) -> Receipt:
    """Write a step's receipt; a step that is done stays done."""
    values: dict[str, Any] = {"state": state, "at": now, "attrs": dict(attrs)}
    if not insert_new(connection, receipts, {"case_id": case_id, "step": step, **values}):
        known = (receipts.c.case_id == case_id, receipts.c.step == step)
        unfinished = () if state == "done" else (receipts.c.state != "done",)
        connection.execute(update(receipts).where(*known, *unfinished).values(**values))
    return Receipt(step, state, now, attrs)


def withdraw(connection: Connection, case_id: int, step: str) -> None:
    """Take back `sent` for a step that surely did not happen, so that the next attempt need not wait."""
    connection.execute(
        delete(receipts).where(
            receipts.c.case_id == case_id, receipts.c.step == step, receipts.c.state == "sent"
        )
    )
