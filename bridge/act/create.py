"""Make a ticket: for support, for admins, the hand-over, the stub, or the notice of a parked request."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from bridge.act import content
from bridge.act.alarm import raise_alarm
from bridge.act.base import Job, StepError
from bridge.act.twins import erase_twins
from bridge.journal import brakes, threads
from bridge.journal.threads import KnownTicket
from bridge.otrs.model import Ticket
from bridge.otrs.normal import as_stored
from bridge.plan import Step


class Create:
    """Make one ticket that carries BridgeRef, by which a lost answer is recognised."""

    repeatable = False

    def intend(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Keep the highest ticket id so far, which the new one must exceed; BridgeRef follows from case and step."""
        with job.tools.journal.read() as connection:
            return {"above": threads.highest(connection, job.tools.names.instance)}

    def probe(self, job: Job, step: Step, intended: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Find the ticket by BridgeRef; of several the lowest id is kept and untouched twins are erased."""
        names = job.tools.names
        hits = job.tools.otrs.find_by_field(
            names.fields["ref"], job.tools.secrets.reference(job.case.ref, step.key)
        )
        if not hits:
            return None
        kept = min(hits)
        erase_twins(job, step, [hit for hit in hits if hit != kept])
        ticket = job.tools.otrs.get_ticket(kept, articles=True)
        if not ticket.articles:
            raise StepError(
                "The ticket was made without its article.", code="create.half-made", permanent=True
            )
        return {"ticket_id": kept, "number": ticket.number, "article_id": ticket.articles[0].article_id}

    def act(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Send TicketCreate."""
        made = job.tools.otrs.create_ticket(content.new_ticket(job, step))
        return {"ticket_id": made.ticket_id, "number": made.number, "article_id": made.article_id}

    def verify(self, job: Job, step: Step, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Read the ticket back: reference, text, and for a hand-over the original, byte for byte."""
        _look_for_restore(job, step, attrs["ticket_id"])
        wanted = content.new_ticket(job, step)
        with_files = bool(step.args.get("original"))
        ticket = job.tools.otrs.get_ticket(attrs["ticket_id"], articles=True, attachments=with_files)
        reference = job.tools.names.fields["ref"]
        if ticket.fields.get(reference) != wanted.fields[reference]:
            raise StepError("The ticket does not carry its reference.", code="create.reference-missing")
        if not any(as_stored(article.body) == as_stored(wanted.article.body) for article in ticket.articles):
            raise StepError("The ticket's text is not what was sent.", code="create.text-differs")
        if not with_files:
            return attrs
        if not holds_original(ticket, job.request.original):
            raise StepError("The ticket does not hold the original.", code="create.original-differs")
        return {**attrs, "original": job.tools.secrets.digest(job.request.original)}

    def settle(self, connection: Connection, job: Job, step: Step, attrs: Mapping[str, Any]) -> None:
        """Know the ticket from now on, so that follow-ups find it and the queue poller skips it."""
        made = (job.case.id, job.tools.names.instance, attrs["ticket_id"], attrs["number"])
        threads.displace(connection, KnownTicket(*made, step.args["role"], attrs["article_id"], "open"))


def _look_for_restore(job: Job, step: Step, ticket_id: int) -> None:
    """Pull the brake when a new ticket's id is not above all that were known before it was asked for (invariant 4)."""
    tools, begun = job.tools, job.receipts.get(step.key)
    if begun is None or ticket_id > begun.attrs.get("above", 0):
        return
    with tools.journal.write() as connection:
        pulled = brakes.pull(connection, tools.controller, "otrs-restored", "otrs", tools.clock())
    if pulled:
        raise_alarm(tools, "otrs-restored")


def holds_original(ticket: Ticket, original: bytes) -> bool:
    """Tell whether one of a ticket's attachments equals the original by SHA-256."""
    wanted = hashlib.sha256(original).digest()
    files = (file for article in ticket.articles for file in article.attachments)
    return any(hashlib.sha256(file.content).digest() == wanted for file in files)
