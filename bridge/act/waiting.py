"""What an erasure waits for besides receipts: a delay, or membership management's acknowledgement in OTRS."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bridge.act.base import Job, Outcome, Waiting
from bridge.otrs.model import Ticket
from bridge.plan import Step

LOOK_AGAIN = 300.0
REJECTED = "rejected"
ROOT = 1


def confirmed(job: Job, step: Step) -> Outcome | None:
    """Return what to wait for, or None when nothing is left to wait for."""
    match step.args.get("until", "immediately"):
        case "after":
            return _after(job, step) or _rejected(job)
        case "acknowledged":
            return _acknowledged(job)
        case _:
            return None


def _after(job: Job, step: Step) -> Outcome | None:
    last = max((r.at for name in step.args["receipts"] if (r := job.receipt(name))), default=job.now())
    left = (last + dt.timedelta(seconds=step.args["after_seconds"]) - job.now()).total_seconds()
    return Waiting("until-after", min(left, 86_400.0), counts=False) if left > 0 else None


def _acknowledged(job: Job) -> Outcome | None:
    made = job.created("handover")
    if made is None:
        return None
    ticket = job.tools.otrs.get_ticket(made["ticket_id"])
    if rejects(ticket, job.tools.names.queues):
        return Waiting(REJECTED, LOOK_AGAIN, counts=False)
    if acknowledges(ticket):
        return None
    return Waiting("until-acknowledged", LOOK_AGAIN, counts=False)


def _rejected(job: Job) -> Outcome | None:
    made = job.created("handover")
    if made is None or not rejects(job.tools.otrs.get_ticket(made["ticket_id"]), job.tools.names.queues):
        return None
    return Waiting(REJECTED, LOOK_AGAIN, counts=False)


def rejects(ticket: Ticket, queues: Mapping[str, str]) -> bool:
    """Tell whether membership management did not take the hand-over: closed unsuccessfully, or moved elsewhere.

    The case then waits until the round that watches people's changes has brought the original back.
    """
    elsewhere = {queues[role] for role in ("support", "admins", "other")}
    return ticket.state == "closed unsuccessful" or ticket.queue in elsewhere


def acknowledges(ticket: Ticket) -> bool:
    """Tell whether somebody took the hand-over: it has an owner, was locked, or is no longer new."""
    return ticket.owner_id != ROOT or ticket.lock == "lock" or ticket.state_type in {"open", "closed"}
