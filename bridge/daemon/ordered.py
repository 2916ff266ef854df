"""Erasures that one person orders in OTRS and another approves on the bridge's pages; what the log says of wishes."""

from __future__ import annotations

from sqlalchemy import Connection

from bridge.act.base import Deed, Job, Tools
from bridge.act.turn import Before
from bridge.journal import approvals, cases, copies, receipts
from bridge.journal.approvals import ORDERING, Approval
from bridge.journal.wishes import turns_of

ERASURE = "erasure"
APPROVED = "approved-erasure"
ROLES = {"dpo": "dpo", "approver": "second-approver"}
BY_AGENT = "otrs:"
"""What the account of an order begins with that an agent gave in OTRS; his number there follows."""


def order_erasure(job: Job, ticket_id: int) -> None:
    """Note the order in the name of the agent who set the action; giving it twice changes nothing."""
    order = Approval(ERASURE, job.case.ref, ORDERING, f"{BY_AGENT}{_who_asked(job, ticket_id)}", job.now())
    with job.tools.journal.write() as connection:
        approvals.give(connection, job.tools.controller, order)


def _who_asked(job: Job, ticket_id: int) -> int:
    """Return the number of the agent who set the field last, from the ticket's history."""
    field = f"%%FieldName%%{job.tools.names.fields['action']}%%"
    lines = [one for one in job.tools.otrs.history(ticket_id) if field in one.name]
    return lines[-1].create_by if lines else job.tools.otrs.get_ticket(ticket_id).change_by


def approved_cases(tools: Tools) -> list[tuple[int, str]]:
    """Return the cases whose erasure was ordered in OTRS, then approved by somebody else, and not begun yet.

    With each comes the role of who approved, in the log's words.
    """
    with tools.journal.read() as connection:
        orders = approvals.given(connection, tools.controller, ERASURE)
        subjects = {one.subject for one in orders if one.account.startswith(BY_AGENT)}
        ready = [
            s for s in sorted(subjects) if approvals.is_approved(connection, tools.controller, ERASURE, s)
        ]
        found = [one for one in (cases.by_ref(connection, subject) for subject in ready) if one]
        roles = {one.subject: ROLES[one.role] for one in orders if one.role in ROLES}
        return [(one.id, roles[one.ref]) for one in found if not _begun(connection, one.id)]


def _begun(connection: Connection, case_id: int) -> bool:
    return any(wish == APPROVED for wish, _ in turns_of(receipts.of_case(connection, case_id)).wishes)


def deed_of(connection: Connection, job: Job, before: Before, event: str) -> Deed:
    """Say in the log that a person stopped an erasure, let it go on, or took a hand-over back."""
    tools, case = job.tools, job.case
    own = "mail" if before.mail else "otrs"
    places = [one.place for one in copies.of_case(connection, case.id)]
    place = next((one for one in places if (one.kind == "otrs") == (own == "otrs")), None)
    made = {role: one.number for role in ("stub", "handover") if (one := before.living(role))}
    number = f"{place.uidvalidity}.{place.uid}" if before.mail and place else ""
    number = number or next((one.number for one in before.tickets if one.role == "original"), "")
    lay = (place.account, place.folder) if place else (tools.names.instance, tools.names.queues["support"])
    return Deed(
        event=event,
        place=("mailbox" if before.mail else "otrs", *lay),
        method="none",
        cause="manual",
        original=("mail" if before.mail else "ticket", number) if number else None,
        tickets=made,
        ordered_by="operator",
    )
