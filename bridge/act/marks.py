"""Change a ticket as a person has asked: mark what happened, move, hide, bring back, close, set its time limit.

All of these set something to a value, so doing them twice does no harm; each reads back that it is done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from bridge.act.base import Job, StepError
from bridge.act.reasons import reason_text
from bridge.act.turn import FORMER
from bridge.erasure.ticket import ROOT
from bridge.journal import threads
from bridge.journal.threads import KnownTicket
from bridge.otrs.errors import AccessDenied
from bridge.otrs.model import Ticket
from bridge.plan import Step

ROLES = ("original", "full", "admins", "handover", "stub", "parked")


class Setting:
    """A step that sets something; `_set` and `_is_set` are what differs."""

    repeatable = True

    def intend(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Nothing has to be known before."""
        return {}

    def probe(self, job: Job, step: Step, intended: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Nothing to look for: the same again changes nothing."""
        return None

    def act(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Set it."""
        return self._set(job, step, _ticket_id(job, step)) or {}

    def verify(self, job: Job, step: Step, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Read it back."""
        if not self._is_set(job, step, job.tools.otrs.get_ticket(_ticket_id(job, step))):
            raise StepError("The ticket did not take what was set.", code=f"{step.kind}.not-set")
        return attrs

    def settle(self, connection: Connection, job: Job, step: Step, attrs: Mapping[str, Any]) -> None:
        """Nothing more."""

    def _set(self, job: Job, step: Step, ticket_id: int) -> Mapping[str, Any] | None:
        raise NotImplementedError

    def _is_set(self, job: Job, step: Step, ticket: Ticket) -> bool:
        raise NotImplementedError


def _ticket_id(job: Job, step: Step) -> int:
    """Return the ticket that a step names, else the one born in OTRS."""
    return int(step.args.get("ticket") or 0) or next(t.ticket_id for t in living(job) if t.role == "original")


def living(job: Job) -> list[KnownTicket]:
    """Return the tickets of the case that were neither erased nor taken back."""
    with job.tools.journal.read() as connection:
        known = threads.of_case(connection, job.case.id)
    return [one for one in known if one.role in ROLES and one.state != "erased"]


class Mark(Setting):
    """Bring the category of all the case's tickets in line; on the one where a person acted say what happened.

    The action is cleared there. A ticket that can't be read is passed over: it is hidden, or somebody erased it.
    """

    def act(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Set the fields that differ."""
        marked = []
        for one in living(job):
            try:
                ticket = job.tools.otrs.get_ticket(one.ticket_id)
            except AccessDenied:
                continue
            changed = self._differing(job, step, ticket)
            if changed:
                job.tools.otrs.update_ticket(one.ticket_id, fields=changed)
            marked.append(one.ticket_id)
        return {"tickets": marked}

    def verify(self, job: Job, step: Step, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Read the fields back."""
        for ticket in job.tools.otrs.get_tickets(attrs["tickets"]).values():
            if self._differing(job, step, ticket):
                raise StepError("The ticket did not take its fields.", code="mark.fields-differ")
        return attrs

    def _differing(self, job: Job, step: Step, ticket: Ticket) -> dict[str, str]:
        wanted = self._wanted(job, step, ticket.ticket_id)
        return {name: value for name, value in wanted.items() if ticket.fields.get(name, "") != value}

    def _wanted(self, job: Job, step: Step, ticket_id: int) -> dict[str, str]:
        names, args = job.tools.names.fields, step.args
        wanted = {"category": args["category"]} if args["category"] else {}
        if ticket_id == args["ticket"]:
            wanted |= {"reason": reason_text(args["reason"]), "action": ""}
            wanted |= {"state": args["state"]} if args["state"] else {}
        return {names[name]: value for name, value in wanted.items() if names.get(name)}


class Place(Setting):
    """Move a ticket to the queue where it belongs now; open it again where an earlier turn has shut it."""

    def _set(self, job: Job, step: Step, ticket_id: int) -> None:
        ticket, queue = job.tools.otrs.get_ticket(ticket_id), job.tools.names.queues[step.args["queue"]]
        changes: dict[str, object] = {} if ticket.queue == queue else {"Queue": queue}
        if step.args["reopen"] and ticket.state_type == "closed":
            changes["State"] = "open"
        if changes:
            job.tools.otrs.update_ticket(ticket_id, changes=changes)

    def _is_set(self, job: Job, step: Step, ticket: Ticket) -> bool:
        reopened = not step.args["reopen"] or ticket.state_type != "closed"
        return ticket.queue == job.tools.names.queues[step.args["queue"]] and reopened


class Hide(Setting):
    """Lock an original born in OTRS and put it out of sight: into the queue that only the bridge's agent sees.

    It is closed there, because mail may join open tickets. The erase field stays empty, so nothing is erased.
    """

    def _set(self, job: Job, step: Step, ticket_id: int) -> Mapping[str, Any]:
        client, queue = job.tools.otrs, job.tools.names.queues["erasing"]
        seen = client.get_ticket(ticket_id)
        if seen.queue != queue:
            changes = {"State": "closed successful", "OwnerID": ROOT, "Queue": queue}
            client.update_ticket(ticket_id, changes=changes)
        # Closing unlocks, so the lock comes after it.
        client.update_ticket(ticket_id, changes={"Lock": "lock"})
        return {}

    def _is_set(self, job: Job, step: Step, ticket: Ticket) -> bool:
        return ticket.queue == job.tools.names.queues["erasing"] and ticket.lock == "lock"


class Unhide(Setting):
    """Bring a hidden original back to support, open and unlocked; open one that the bridge had closed."""

    def _set(self, job: Job, step: Step, ticket_id: int) -> None:
        ticket, names = job.tools.otrs.get_ticket(ticket_id), job.tools.names
        changes: dict[str, object] = {}
        if ticket.queue == names.queues["erasing"]:
            changes = {"Queue": names.queues["support"], "Lock": "unlock", "State": "open"}
        elif step.args["reopen"] and ticket.state_type == "closed":
            changes = {"State": "open"}
        if changes:
            job.tools.otrs.update_ticket(ticket_id, changes=changes)

    def _is_set(self, job: Job, step: Step, ticket: Ticket) -> bool:
        return ticket.queue != job.tools.names.queues["erasing"]


class TakeBack(Setting):
    """Close a ticket that the request has left; a hand-over goes back to membership management's queue first.

    Where its content was handed over it stays there, for nobody else may read it.
    """

    def _set(self, job: Job, step: Step, ticket_id: int) -> None:
        names = job.tools.names
        changes: dict[str, object] = {"State": "closed unsuccessful", "Lock": "unlock"}
        if step.args["role"] == "handover":
            changes["Queue"] = names.queues["membership"]
        marks = {"state": "taken-back", "reason": reason_text("taken-back"), "action": ""}
        fields = {names.fields[key]: value for key, value in marks.items() if names.fields.get(key)}
        job.tools.otrs.update_ticket(ticket_id, changes=changes, fields=fields)

    def _is_set(self, job: Job, step: Step, ticket: Ticket) -> bool:
        return ticket.state_type == "closed"

    def settle(self, connection: Connection, job: Job, step: Step, attrs: Mapping[str, Any]) -> None:
        """Know it as a former ticket of the case; a full one stays the place of follow-ups."""
        values = {"state": "closed"} if step.args["role"] == "full" else {"state": "closed", "role": FORMER}
        threads.set_ticket(connection, job.tools.names.instance, step.args["ticket"], **values)


class Pending(Setting):
    """Set anew until when membership management's ticket waits; one that somebody works on already is left alone."""

    def _set(self, job: Job, step: Step, ticket_id: int) -> None:
        ticket = job.tools.otrs.get_ticket(ticket_id)
        if ticket.state_type.startswith("pending"):
            until = dt.datetime.fromisoformat(step.args["until"])
            job.tools.otrs.update_ticket(ticket_id, changes={"State": ticket.state, "PendingTime": until})

    def _is_set(self, job: Job, step: Step, ticket: Ticket) -> bool:
        return True  # the interface does not tell the time back
