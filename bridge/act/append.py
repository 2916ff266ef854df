"""Add an article to a ticket of the case that a follow-up belongs to, or of the case itself.

An article carries no reference of ours. It is recognised by its text among those newer than what was there before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from bridge.act import content
from bridge.act.base import Job, StepError
from bridge.act.create import holds_original
from bridge.journal import threads
from bridge.journal.threads import KnownTicket
from bridge.otrs.model import Article, NewArticle, Ticket
from bridge.otrs.normal import as_stored
from bridge.plan import Step


class Append:
    """Add one article: the follow-up in full, redacted, or a pointer to another ticket."""

    repeatable = False

    def intend(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Note the newest article there is, so that ours can be told from earlier ones of the same text."""
        ticket = self._ticket(job, self._target(job, step))
        return {"ticket_id": ticket.ticket_id, "after": newest(ticket)}

    def probe(self, job: Job, step: Step, intended: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Look for our text among the articles that came since."""
        ticket = self._ticket(job, intended["ticket_id"])
        found = _ours(ticket, self._article(job, step), intended["after"])
        if found is None:
            return None
        return {"ticket_id": ticket.ticket_id, "number": ticket.number, "article_id": found.article_id}

    def act(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Send TicketUpdate with the article; a closed ticket opens again for a follow-up of the sender."""
        ticket_id = job.receipts[step.key].attrs["ticket_id"]
        ticket = self._ticket(job, ticket_id)
        reopen = step.args.get("as") in {"full", "handover"} and ticket.state_type == "closed"
        changes = {"State": "open"} if reopen else {}
        article_id = job.tools.otrs.update_ticket(
            ticket_id, changes=changes, article=self._article(job, step)
        )
        return {"ticket_id": ticket_id, "number": ticket.number, "article_id": article_id}

    def verify(self, job: Job, step: Step, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Read the article back; for a hand-over the original too, byte for byte."""
        with_files = step.args.get("as") == "handover"
        ticket = job.tools.otrs.get_ticket(attrs["ticket_id"], articles=True, attachments=with_files)
        if _ours(ticket, self._article(job, step), attrs["article_id"] - 1) is None:
            raise StepError("The article is not in the ticket.", code="append.missing")
        if not with_files:
            return attrs
        if not holds_original(ticket, job.request.original):
            raise StepError("The ticket does not hold the original.", code="append.original-differs")
        return {**attrs, "original": job.tools.secrets.digest(job.request.original)}

    def settle(self, connection: Connection, job: Job, step: Step, attrs: Mapping[str, Any]) -> None:
        """Nothing more: the ticket is known already."""

    def _ticket(self, job: Job, ticket_id: int) -> Ticket:
        return job.tools.otrs.get_ticket(ticket_id, articles=True)

    def _target(self, job: Job, step: Step) -> int:
        own = job.created(step.args["role"])
        if own and not step.key.startswith(("append", "thread")):
            return int(own["ticket_id"])
        case_id = job.case.joined or job.case.id
        with job.tools.journal.read() as connection:
            known = threads.of_case(connection, case_id)
        fitting = [t for t in known if t.role == step.args["role"] and t.state not in threads.GONE]
        if not fitting:
            raise StepError("The case has no such ticket.", code="append.no-ticket", permanent=True)
        return self._still_ours(job, fitting[0])

    def _still_ours(self, job: Job, known: KnownTicket) -> int:
        """Make sure that the id still means the ticket that the case knows: a restored OTRS gives ids out again."""
        if self._ticket(job, known.ticket_id).number != known.number:
            raise StepError("The ticket is another one now.", code="append.other-ticket", permanent=True)
        return known.ticket_id

    def _article(self, job: Job, step: Step) -> NewArticle:
        return content.follow_up(job, step)


def newest(ticket: Ticket) -> int:
    """Return the highest article id of a ticket, 0 when it has none."""
    return max((article.article_id for article in ticket.articles), default=0)


def _ours(ticket: Ticket, wanted: NewArticle, after: int) -> Article | None:
    fresh = (article for article in ticket.articles if article.article_id > after)
    return next((a for a in fresh if as_stored(a.body) == as_stored(wanted.body)), None)
