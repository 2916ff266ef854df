"""Hand over what was written in a full ticket before it turned out to be personal: the whole ticket as one file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from bridge.act.base import Job, StepError
from bridge.act.create import holds_original
from bridge.act.fingerprint import fingerprint
from bridge.act.remark import Remark
from bridge.i18n import gettext as _
from bridge.journal import receipts
from bridge.message.model import Request
from bridge.message.text import readable
from bridge.message.ticket import from_ticket
from bridge.otrs.model import NewArticle, NewAttachment, Ticket
from bridge.otrs.normal import acceptable_body
from bridge.plan import Step


class Conversation(Remark):
    """As Remark, with the readable text of a ticket and all of it attached; read back byte for byte."""

    def verify(self, job: Job, step: Step, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Compare what was handed over with the ticket as it is now."""
        there = job.tools.otrs.get_ticket(attrs["ticket_id"], articles=True, attachments=True)
        ticket = _ticket(job, step)
        original = _request(job, ticket).original
        if not holds_original(there, original):
            raise StepError("The ticket changed while it was handed over.", code="conversation.differs")
        digest = job.tools.secrets.digest
        return {**attrs, "original": digest(original), "seen": fingerprint(ticket, digest)}

    def settle(self, connection: Connection, job: Job, step: Step, attrs: Mapping[str, Any]) -> None:
        """Keep what the ticket looked like, so that whatever is added later stops its erasure."""
        key, seen = seen_key(step.args["ticket"]), {"articles": attrs["seen"]}
        job.receipts[key] = receipts.put(connection, job.case.id, key, "done", job.now(), seen)

    def _article(self, job: Job, step: Step) -> NewArticle:
        whole = _request(job, _ticket(job, step))
        return NewArticle(
            subject=_("What was written in the ticket until now"),
            body=acceptable_body(readable(whole.message), _("(no text)")),
            attachments=(NewAttachment("ticket.eml", "message/rfc822", whole.original),),
            notify_agents=False,
        )

    def _target(self, job: Job, step: Step) -> int:
        return super()._target(job, Step(step.key, step.kind, {"role": "handover"}))


def seen_key(ticket_id: object) -> str:
    """Name the receipt that keeps what a full ticket looked like when it was handed over."""
    return f"seen-{ticket_id}"


def _ticket(job: Job, step: Step) -> Ticket:
    return job.tools.otrs.get_ticket(int(step.args["ticket"]), articles=True, attachments=True)


def _request(job: Job, ticket: Ticket) -> Request:
    return from_ticket(ticket, account=job.tools.names.instance)
