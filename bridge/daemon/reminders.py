"""Remind people of time limits: before they end and when they have, each once, in OTRS and by mail."""

from __future__ import annotations

import datetime as dt

import structlog

from bridge.act.base import Done, Job, Tools
from bridge.act.load import load_request
from bridge.act.reasons import reason_text
from bridge.act.runner import run_step
from bridge.errors import BridgeError
from bridge.i18n import gettext as _
from bridge.i18n import language
from bridge.journal import cases, claims, deadlines, receipts, threads
from bridge.journal.deadlines import Due
from bridge.message.compose import Draft, compose
from bridge.message.model import Address
from bridge.otrs.errors import AccessDenied
from bridge.plan import Plan, Step

NEAR, OVER = "deadline-near", "deadline-over"
_log = structlog.get_logger(__name__)


def reminder_round(tools: Tools, dpo: str, days: int) -> int:
    """Remind of every time limit that ends within its workflow's `remind_days` (else `days`), or has ended; how many.

    An internal note goes into the ticket that carries the limit, a mail to operator and DPO. A ticket that is closed by
    now needs none.
    """
    now = tools.clock()
    with tools.journal.read() as connection:
        found = deadlines.open_deadlines(connection, tools.controller, now + dt.timedelta(days=366))
    due = [(one, stage) for one in found if (stage := _stage(tools, one, days, now))]
    return sum(_remind(tools, dpo, one, stage) for one, stage in due)


def _stage(tools: Tools, due: Due, days: int, now: dt.datetime) -> str:
    if due.due <= now:
        return OVER
    workflow = tools.workflows().named(due.workflow) if due.workflow else None
    before = workflow.deadline.remind_days if workflow and workflow.deadline else days
    return NEAR if due.due - dt.timedelta(days=before) <= now else ""


def _remind(tools: Tools, dpo: str, due: Due, stage: str) -> bool:
    """Remind once of one stage of one limit; an extended limit is another one."""
    tools = tools.claimant()
    key = f"{stage}-{due.due:%Y%m%d}"
    with tools.journal.write() as connection:
        known = receipts.of_case(connection, due.case_id)
        if key in known and known[key].done:
            return False
        if not claims.claim(connection, due.case_id, tools.owner, tools.clock(), tools.pace.lease_seconds):
            return False
    try:
        with language(tools.wording.language):
            return _claimed(tools, dpo, due, stage, key)
    except BridgeError as error:
        _log.warning("not reminded", case=due.case_id, code=error.code)
        return False
    finally:
        with tools.journal.write() as connection:
            claims.release(connection, due.case_id, tools.owner)


def _claimed(tools: Tools, dpo: str, due: Due, stage: str, key: str) -> bool:
    with tools.journal.read() as connection:
        case = cases.by_id(connection, due.case_id)
        known = receipts.of_case(connection, due.case_id)
    if case is None:
        return False
    plan = Plan.from_json(case.plan) if case.plan else Plan("", 0, "", due.category, "workflow", due.due, ())
    job = Job(tools, case, plan, lambda: load_request(tools, case), known)
    ticket = _open_ticket(job)
    closed = ticket is None and case.state == "done"
    if ticket and case.state != "held":
        about = {"ticket": ticket, "text": stage, "until": due.due.isoformat()}
        if not isinstance(run_step(job, Step(f"remark-{key}", "remark", about)), Done):
            return False
    if not closed:
        _mail(tools, dpo, due, stage)
    with tools.journal.write() as connection:
        receipts.put(connection, case.id, key, "done", job.now(), {"closed": closed})
    return not closed


def _open_ticket(job: Job) -> int | None:
    """Return the ticket that carries the limit, read to be still open; what is closed is noted."""
    with job.tools.journal.read() as connection:
        known = threads.of_case(connection, job.case.id)
    for role in ("handover", "full", "original", "parked"):
        for one in known:
            if one.role != role or one.state != "open":
                continue
            try:
                ticket = job.tools.otrs.get_ticket(one.ticket_id)
            except AccessDenied:
                continue
            if ticket.state_type not in {"closed", "merged"}:
                return one.ticket_id
            with job.tools.journal.write() as connection:
                threads.set_ticket(connection, job.tools.names.instance, one.ticket_id, state="closed")
    return None


def _mail(tools: Tools, dpo: str, due: Due, stage: str) -> None:
    to = [one for one in dict.fromkeys((tools.wording.operator, dpo)) if one]
    if not to:
        return
    lines = [
        reason_text(stage),
        _("Case: {case}").format(case=due.case_id),
        _("Time limit: {day}").format(day=f"{due.due:%Y-%m-%d}"),
        _("Category: {category}").format(category=due.category or "-"),
        _("Controller: {controller}").format(controller=tools.controller),
        _("See: otrs-bridge cases show {case}").format(case=due.case_id),
    ]
    mark = tools.secrets.message(f"{stage} {due.case_id} {due.due.isoformat()}")[:24]
    draft = Draft(
        sender=Address("", tools.wording.sender),
        to=tuple(Address("", one) for one in to),
        subject=f"[otrs-bridge] {stage}",
        text="\n".join(lines) + "\n",
        message_id=f"<{stage}.{mark}@otrs-bridge.invalid>",
        date=tools.clock(),
        auto_submitted="auto-generated",
    )
    tools.smtp.send(compose(draft), sender="", recipients=to)
