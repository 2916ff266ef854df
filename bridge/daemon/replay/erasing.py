"""Erase again what a restore brought back, step by step as any erasure; let walk anew what lost its tickets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete

from bridge.act.base import Done, Held, Job, Outcome, Tools
from bridge.act.erase import REPLAY, erase_copy
from bridge.act.load import load_request
from bridge.act.restored import ERASED_BEFORE
from bridge.daemon.replay.finding import Back, Found, Lost
from bridge.daemon.replay.importing import Imported, note
from bridge.deletion_log.store import DeletionLog
from bridge.deletion_log.words import Result
from bridge.journal import brakes, cases, claims, copies, receipts, threads
from bridge.journal.cases import Case, NewCase
from bridge.journal.receipts import Receipt
from bridge.journal.schema import receipts as receipt_table
from bridge.journal.threads import KnownTicket
from bridge.plan import Plan, Step


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did: erased and verified again, walking anew, left for a person (with codes); `stopped`: why."""

    erased: int = 0
    again: int = 0
    left: Mapping[str, int] = field(default_factory=dict)
    stopped: str = ""


def replay_all(tools: Tools, log: DeletionLog, found: Found, approved_by: str) -> Replayed:
    """Do what was approved. Stops at the first brake or limit: nothing is erased past it; call again later.

    What changed since it was erased is left for a person. An original that no hand-over holds any more is not erased:
    its case walks anew, hands it over again and erases it then.
    """
    stop = _stop(tools)
    if stop:
        return Replayed(stopped=stop)
    with tools.journal.write() as connection:
        note(connection, tools, log, Imported(), Result.PENDING)
    erased, again, left = 0, set[int](), dict[str, int]()
    for back in found.back:
        if back.match == "changed":
            left["changed"] = left.get("changed", 0) + 1
            continue
        if not back.handed_over:
            again.add(_reopen(tools, _case_of(tools, back).id, back))
            continue
        outcome = _erase(tools, back, approved_by)
        if isinstance(outcome, Done):
            erased += 1
            continue
        code = getattr(outcome, "code", "unknown")
        left[code] = left.get(code, 0) + 1
        stop = _stop(tools)
        if stop:
            break
    again |= _again(tools, found.lost) if not stop else set()
    left |= {"lost": number} if not stop and (number := _give_up(tools, found.lost)) else {}
    with tools.journal.write() as connection:
        note(
            connection, tools, log, Imported(), Result.PENDING if left or stop else Result.OK, replayed=erased
        )
    return Replayed(erased, len(again), left, stop or "")


def _stop(tools: Tools) -> str | None:
    if not tools.erase_on():
        return "erase-off"
    with tools.journal.read() as connection:
        return brakes.stop_code(connection, tools.controller, tools.run, tools.limits, tools.clock())


def _erase(tools: Tools, back: Back, approved_by: str) -> Outcome:
    """Erase one original through the same code, receipts and entries as any other."""
    tools = tools.claimant()
    case = _case_of(tools, back)
    now = tools.clock()
    with tools.journal.write() as connection:
        if not claims.claim(connection, case.id, tools.owner, now, tools.pace.lease_seconds):
            return Held("busy")
        cases.change(connection, case.id, now, state="working", code=REPLAY)
        copy = _copy(connection, case, back, now)
        kept = receipts.of_case(connection, case.id)
        case = cases.by_id(connection, case.id) or case
    job = Job(tools, case, _plan(case), lambda: load_request(tools, case), kept, {"approved_by": approved_by})
    if back.articles:
        job.receipts["seen"] = Receipt("seen", "done", now, {"articles": dict(back.articles)})
    outcome: Outcome = Held("busy")
    try:
        outcome = erase_copy(job, Step(f"{REPLAY}-{tools.run[:8]}", "erase", {"receipts": []}), copy)
    finally:
        _settle(tools, case, outcome)
    return outcome


def _settle(tools: Tools, case: Case, outcome: Outcome) -> None:
    now = tools.clock()
    with tools.journal.write() as connection:
        if isinstance(outcome, Done):
            cases.finish(connection, case.id, now)
        else:
            cases.change(connection, case.id, now, state="held", code=ERASED_BEFORE, next_attempt=None)
        claims.release(connection, case.id, tools.owner)


def _case_of(tools: Tools, back: Back) -> Case:
    """Return the original's case, made anew when the journal forgot it; its salt is that of its entries in the log."""
    source = "otrs" if back.place.kind == "otrs" else "mail"
    now = tools.clock()
    new = NewCase(
        back.ref, tools.controller, source, now, None, back.digest or None, back.size or None, (back.salt,)
    )
    with tools.journal.write() as connection:
        case = cases.open_case(connection, new, now)
        if case.salt != back.salt or case.digest is None:
            values: dict[str, Any] = {"salt": back.salt}
            if back.digest and case.digest is None:
                values |= {"digest": back.digest, "size": back.size}
            cases.change(connection, case.id, now, **values)
            case = cases.by_id(connection, case.id) or case
        return case


def _copy(connection: Connection, case: Case, back: Back, now: dt.datetime) -> copies.Copy:
    there = copies.find(connection, back.place)
    if there is not None and there.case_id != case.id:
        copies.release(connection, there.id)
    copy = copies.add(connection, case.id, back.place, now)
    copies.mark(connection, copy.id, copies.PRESENT)
    if back.place.kind == "otrs":
        known = (case.id, back.place.account, int(back.place.uid), back.number, "original")
        threads.displace(connection, KnownTicket(*known, 0, "open"))
    return copy


def _plan(case: Case) -> Plan:
    return Plan(case.workflow or "", case.workflow_version or 0, "", case.category or "", "manual", None, ())


def _again(tools: Tools, lost: tuple[Lost, ...]) -> set[int]:
    """Let the cases of lost tickets walk anew whose original is still there."""
    return {_reopen(tools, case_id) for case_id in {one.case_id for one in lost if one.again}}


def _give_up(tools: Tools, lost: tuple[Lost, ...]) -> int:
    """Take note that tickets are lost whose original is gone as well: a person has seen the list."""
    numbers = {(one.case_id, one.number) for one in lost if not one.again}
    with tools.journal.write() as connection:
        for case_id in {one.case_id for one in lost if not one.again}:
            for ticket in threads.of_case(connection, case_id):
                if (case_id, ticket.number) in numbers:
                    threads.release(connection, ticket, state="missing")
    return len(numbers)


def _reopen(tools: Tools, case_id: int, back: Back | None = None) -> int:
    """Take a case's receipts back: it is decided anew, finds by BridgeRef what is still there and makes what is not."""
    now = tools.clock()
    with tools.journal.write() as connection:
        case = cases.by_id(connection, case_id)
        assert case is not None, "cases are never deleted"  # noqa: S101
        for ticket in threads.of_case(connection, case_id):
            if ticket.role != "original" and ticket.state not in ("erased", "replaced"):
                threads.release(connection, ticket, state="replaced")
        others = receipt_table.c.step.not_in(("seen", "answer"))  # an answer that went out is not sent again
        connection.execute(delete(receipt_table).where(receipt_table.c.case_id == case_id, others))
        if back is not None:
            _copy(connection, case, back, now)
            if back.articles:
                receipts.put(connection, case_id, "seen", "done", now, {"articles": dict(back.articles)})
        again = {"code": f"released:{ERASED_BEFORE}", "plan": None, "attempts": 0, "finished": None}
        cases.change(connection, case_id, now, state="new", next_attempt=None, **again)
    return case_id
