"""The spine: one request through the walk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bridge.act.alarm import raise_alarm
from bridge.act.base import Done, Held, Job, Outcome, Parked, Tools, Waiting
from bridge.act.decision import decide_for, keep_plan, take_addition
from bridge.act.late import late_copies
from bridge.act.load import load_request
from bridge.act.outage import is_outage
from bridge.act.park import park
from bridge.act.restored import settled_before
from bridge.act.runner import backoff, run_plan
from bridge.errors import BridgeError, place_of
from bridge.i18n import language
from bridge.journal import cases, claims, copies, receipts
from bridge.journal.cases import Case
from bridge.journal.claims import LeaseLostError
from bridge.message.model import Request
from bridge.plan import Plan

ADDED_TO = "released:changed-since-hand-over"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Worked:
    """How far one request got: the case's state and, unless it is done, the code of what it waits for."""

    case_id: int
    state: str
    code: str = ""
    category: str = ""


def work(tools: Tools, case: Case, request: Request | None = None) -> Worked | None:
    """Take one case as far as it goes now; None when another worker has it.

    claim the case
    plan = the journal's, else classify and decide (pure), and journal it
    for step in plan:
        probe, act, verify; receipt into the journal        (bridge.act.runner)
        erase comes last                                     (bridge.act.erase)
    done -> finished; waiting -> next attempt; held -> a person; parked -> a ticket without content
    give the case back
    """
    tools = tools.claimant()
    with tools.journal.write() as connection:
        if not claims.claim(connection, case.id, tools.owner, tools.clock(), tools.pace.lease_seconds):
            return None
        # What was read before the claim may be old: another worker can have come far meanwhile.
        case = cases.by_id(connection, case.id) or case
        if case.state == "held":
            claims.release(connection, case.id, tools.owner)
            return None
    with language(tools.wording.language):
        try:
            return _work(tools, case, request)
        except LeaseLostError:
            _log.info("lease lost", case=case.id)
            with tools.journal.write() as connection:
                claims.release(connection, case.id, tools.owner)
            return None


def _work(tools: Tools, case: Case, request: Request | None) -> Worked:
    job = _job(tools, case, request)
    try:
        outcome = _go_on(job) if case.state != "parked" else Parked(case.code or "parked")
    except LeaseLostError:
        raise
    except BridgeError as error:
        exhausted = case.attempts + 1 >= tools.pace.attempts
        final = error.permanent or exhausted
        outcome = is_outage(tools, error) or (
            Parked(error.code) if final else Waiting(error.code, backoff(job))
        )
    except Exception as error:  # noqa: BLE001  # whatever one request does must not stop the others; it is parked
        _log.error("unforeseen", case=case.id, kind=type(error).__name__, at=place_of(error))
        outcome = Parked("unforeseen")
    return _conclude(job, outcome)


def _go_on(job: Job) -> Outcome:
    before = settled_before(job)
    if before:
        return before
    if not job.plan.steps or job.case.code == ADDED_TO:
        job.plan = take_addition(job) if job.plan.steps else decide_for(job)
        keep_plan(job)
    outcome = run_plan(job)
    return late_copies(job) if isinstance(outcome, Done) else outcome


def _job(tools: Tools, case: Case, request: Request | None) -> Job:
    load: Callable[[], Request] = (lambda: request) if request else (lambda: load_request(tools, case))
    plan = (
        Plan.from_json(case.plan)
        if case.plan
        else Plan("", 0, "", case.category or "", "workflow", case.due, ())
    )
    with tools.journal.read() as connection:
        return Job(tools, case, plan, load, receipts.of_case(connection, case.id))


def _conclude(job: Job, outcome: Outcome) -> Worked:
    tools, case, now = job.tools, job.case, job.now()
    category = job.plan.category
    if isinstance(outcome, Parked):
        with tools.journal.write() as connection:
            if cases.is_held(connection, case.id):
                claims.release(connection, case.id, tools.owner)
                return Worked(case.id, "held", "hold-by-person", category)
            # The next attempt is taken back once ticket and move have their receipts; a crash in between goes on later.
            cases.change(connection, case.id, now, state="parked", code=outcome.code, next_attempt=now)
        parked = park(job, outcome.code)
        later = None if isinstance(parked, Done) else now + dt.timedelta(seconds=backoff(job))
        with tools.journal.write() as connection:
            cases.change(connection, case.id, now, next_attempt=later)
            claims.release(connection, case.id, tools.owner)
        return Worked(case.id, "parked", outcome.code, category)
    worked = _note(job, outcome)
    if isinstance(outcome, Held):
        raise_alarm(tools, "request-held", case.id)
    return worked


def _note(job: Job, outcome: Done | Waiting | Held) -> Worked:
    """Write how far the case got. What a person put on hold meanwhile stays held, unless nothing was left to do."""
    tools, case, now, category = job.tools, job.case, job.now(), job.plan.category
    with tools.journal.write() as connection:
        claims.release(connection, case.id, tools.owner)
        if not isinstance(outcome, Done) and cases.is_held(connection, case.id):
            return Worked(case.id, "held", "hold-by-person", category)
        match outcome:
            case Done():
                cases.finish(connection, case.id, now)
                if case.source != "otrs" and copies.of_case(connection, case.id, state=copies.PRESENT):
                    cases.change(connection, case.id, now, state="waiting", code="late-copy", finished=None)
                    return Worked(case.id, "waiting", "late-copy", category)
                return Worked(case.id, "done", "", category)
            case Waiting(code, seconds, counts):
                again = now + dt.timedelta(seconds=seconds)
                attempts = case.attempts + 1 if counts else case.attempts
                values = {"state": "waiting", "code": code, "next_attempt": again, "attempts": attempts}
                cases.change(connection, case.id, now, **values)
                return Worked(case.id, "waiting", code, category)
            case Held(code):
                cases.change(connection, case.id, now, state="held", code=code, next_attempt=None)
                return Worked(case.id, "held", code, category)
