"""What an erasure waits for besides receipts: a delay, or membership management's acknowledgement in OTRS."""

from __future__ import annotations

import datetime as dt

from bridge.act.base import Job, Outcome, Waiting
from bridge.otrs.model import Ticket
from bridge.plan import Step

LOOK_AGAIN = 300.0
ROOT = 1


def confirmed(job: Job, step: Step) -> Outcome | None:
    """Return what to wait for, or None when nothing is left to wait for."""
    match step.args.get("until", "immediately"):
        case "after":
            return _after(job, step)
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
    if acknowledges(ticket):
        return None
    return Waiting("until-acknowledged", LOOK_AGAIN, counts=False)


def acknowledges(ticket: Ticket) -> bool:
    """Tell whether somebody took the hand-over: it has an owner, was locked, or is no longer new."""
    return ticket.owner_id != ROOT or ticket.lock == "lock" or ticket.state_type in {"open", "closed"}
