"""What people ask of a case, and a case as they see it."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, delete

from bridge.journal import cases, copies, receipts, threads
from bridge.journal.schema import receipts as receipt_table
from bridge.journal.wishes import turns_of

NOTHING: dict[str, Any] = {"code": None, "next_attempt": None}


def ask(connection: Connection, case_id: int, verb: str, now: dt.datetime) -> str | None:
    """Retry a parked case, hold an open one, release a held one; the new state, None when that is not possible.

    A worker that has the case in hand notices a hold at its next lease check, before its next act.
    """
    case = cases.by_id(connection, case_id)
    if case is None:
        return None
    match verb, case.state:
        case "retry", "parked" | "waiting":
            _forget_parking(connection, case_id)
            if turns_of(receipts.of_case(connection, case_id)).count:
                # A person has decided how it goes on, so that is tried again; nothing is classified anew.
                cases.change(connection, case_id, now, state="waiting", attempts=0, **NOTHING)
                return "waiting"
            cases.change(connection, case_id, now, state="new", plan=None, attempts=0, **NOTHING)
            return "new"
        case "hold", "new" | "working" | "waiting":
            cases.change(connection, case_id, now, state="held", code="hold-by-person", next_attempt=None)
            return "held"
        case "release", "held":
            code = f"released:{case.code}"[:60]
            cases.change(connection, case_id, now, state="waiting", code=code, attempts=0, next_attempt=None)
            return "waiting"
        case _:
            return None


def _forget_parking(connection: Connection, case_id: int) -> None:
    """A mail that is parked again has to be moved again; its notice is there already."""
    where = (receipt_table.c.case_id == case_id, receipt_table.c.step == "park-move")
    connection.execute(delete(receipt_table).where(*where))


def case_in_full(connection: Connection, case_id: int) -> dict[str, Any] | None:
    """Return a case with its steps, tickets and places; labels, references, counts and times only."""
    case = cases.by_id(connection, case_id)
    if case is None:
        return None
    hidden = {"ref", "salt", "sender", "digest", "lease_owner", "plan"}
    shown: dict[str, Any] = {name: value for name, value in asdict(case).items() if name not in hidden}
    plan = case.plan or {"steps": []}
    done = receipts.of_case(connection, case_id)
    shown["steps"] = [
        {"step": s["key"], "kind": s["kind"], "state": done[s["key"]].state if s["key"] in done else "open"}
        for s in plan["steps"]
    ]
    shown["receipts"] = [{"step": r.step, "state": r.state, "at": r.at} for r in done.values()]
    shown["tickets"] = [
        {"number": t.number, "ticket_id": t.ticket_id, "role": t.role, "state": t.state}
        for t in threads.of_case(connection, case_id)
    ]
    shown["places"] = [
        {"kind": c.place.kind, "folder": c.place.folder, "uid": c.place.uid, "state": c.state}
        for c in copies.of_case(connection, case_id)
    ]
    return shown
