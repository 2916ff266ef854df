"""Extend the time limit of a request once, by two months at most, for one of the two reasons of Art. 12(3) GDPR."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import MappingProxyType

from bridge.act import turn
from bridge.act.turn import Before
from bridge.errors import BridgeError
from bridge.plan import Plan, Step
from bridge.workflow.model import Deadline, Workflow

MOST_MONTHS = 2
REASONS = ("complexity", "number")
EXTENDED = "extension"


class NotExtendedError(BridgeError):
    """Say that a time limit can't be extended: there is none, it is over, or it was extended before."""

    code = "deadline.not-extended"
    permanent = True


def extended(
    before: Before,
    received: dt.datetime,
    workflow: Workflow | None,
    months: int,
    reason: str,
    now: dt.datetime,
) -> Plan:
    """Lay out how a case goes on with a longer time limit, which the plan tells. Raises NotExtendedError.

    The limit still counts from receipt: one month and two more are three months from then.
    """
    due = before.plan.due
    again = any(step.key.startswith(EXTENDED) for step in before.plan.steps)
    if due is None or again or due <= now or not 1 <= months <= MOST_MONTHS or reason not in REASONS:
        raise NotExtendedError("This time limit can't be extended.")
    until = _end(received, workflow, due, months)
    return replace(
        turn.inserted(before, [turn.mark(before, "extended"), *_on_ticket(before, until, reason)]), due=until
    )


def _end(received: dt.datetime, workflow: Workflow | None, due: dt.datetime, months: int) -> dt.datetime:
    first = workflow.deadline if workflow else None
    if first is None:
        return Deadline(months=months).end(due)
    return Deadline(months=first.months + months, days=first.days).end(received)


def _on_ticket(before: Before, until: dt.datetime, reason: str) -> list[Step]:
    role = next((one for one in ("handover", "full", "original", "parked") if before.living(one)), None)
    ticket = before.living(role) if role else None
    if ticket is None:
        return []
    about = {"ticket": ticket.ticket_id, "role": ticket.role, "until": until.isoformat()}
    remark = {**about, "text": "extended", "reason": reason}
    return [
        Step(f"{EXTENDED}{before.suffix}", "pending", MappingProxyType(about)),
        Step(f"remark-extended{before.suffix}", "remark", MappingProxyType(remark)),
    ]
