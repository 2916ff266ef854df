"""Walk a test ticket through OTRS: made, read, changed, moved through every queue, erased, and proved to be gone.

The ticket holds nothing personal, belongs to agent 1 and is closed, so that nobody works on it. It carries a
reference, so the bridge's poller leaves it alone. Where a step fails, it may be left behind; then its number is told.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bridge.classify.classification import CATEGORIES
from bridge.doctor.finding import Finding, found
from bridge.erasure import Ended, TicketErasure, erase_ticket
from bridge.erasure.ticket import ROOT
from bridge.errors import BridgeError
from bridge.i18n import gettext as _
from bridge.otrs.client import OtrsClient
from bridge.otrs.errors import AccessDenied, InvalidParameter
from bridge.otrs.model import CreatedTicket, NewArticle, NewAttachment, NewTicket, Ticket
from bridge.settings.connections import Otrs

TITLE = "OTRS bridge doctor: test ticket"
ACTIONS = (
    "forward",
    "to-admins",
    "hold",
    "release",
    "erase-now",
    "extend-complexity",
    "extend-number",
)
# Bytes that careless recoding changes: bare line feeds, CRLF, trailing space, a NUL, no line end at the last line.
ORIGINAL = b"Subject: doctor\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xc3\xa4 \t\n\x00x\r\n\r\nend"
CLOCK = 60  # seconds that are no fault


class Stop(Exception):  # the round is over, whatever comes next would fail for the same reason
    """End the round; findings that were not told yet say why."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings
        super().__init__("stopped")


class Receipts:
    """Keep the phases of one erasure in memory."""

    def __init__(self) -> None:
        self._marks: dict[str, Mapping[str, Any]] = {}

    def marked(self, phase: str) -> Mapping[str, Any] | None:
        """Return a phase's receipt."""
        return self._marks.get(phase)

    def mark(self, phase: str, attrs: Mapping[str, Any]) -> None:
        """Keep a receipt."""
        self._marks[phase] = dict(attrs)

    def may_go_on(self) -> str | None:
        """Let it go on: it is a test ticket, and no request is erased."""
        return None


@dataclass
class Round:
    """One round at one OTRS. `creator` is the bridge's agent, known once the ticket was read."""

    client: OtrsClient
    otrs: Otrs
    now: dt.datetime
    ref: str = field(default_factory=lambda: f"doctor-{secrets.token_hex(16)}")
    creator: int = 0
    made: CreatedTicket | None = None

    def run(self) -> Iterator[Finding]:
        """Yield what the round shows, in this order:

        1. Make the ticket in the erasing queue and read it there.
        2. Clock, agent, fields, attachment, search.
        3. Move it into each queue, change it, set the erase field: it must stay.
        4. Erase it and prove that.
        """
        try:
            yield from self._make()
            yield from self._fields()
            yield from self._search()
            yield from self._visits()
            yield from self._erase()
        except Stop as stop:
            yield from stop.findings
            yield found("otrs.erasing", "skipped")

    # --- 1, 2 ------------------------------------------------------------------------------------------------------

    def _make(self) -> Iterator[Finding]:
        queue = self.otrs.queues.erasing
        attachment = NewAttachment("original.eml", "message/rfc822", ORIGINAL)
        article = NewArticle(TITLE, TITLE, attachments=(attachment,), notify_agents=False)
        new = NewTicket(TITLE, queue, "doctor@bridge.invalid", article, state="closed successful")
        try:
            self.made = self.client.create_ticket(new)
        except AccessDenied:
            raise Stop(found("otrs.queue", "no-create", queue=queue)) from None
        except InvalidParameter as error:
            if "queue" in error.parameter.lower():
                raise Stop(found("otrs.queue", "unknown", queue=queue, role="erasing")) from None
            raise Stop(found("otrs.queue", "other", queue=queue, text=error, left="")) from None
        except BridgeError as error:
            raise Stop(found("otrs.queue", "other", queue=queue, text=error, left="")) from None
        ticket = self._read_in("erasing")
        self.creator = ticket.create_by
        if self.creator == ROOT:
            raise Stop(found("otrs.login", "root"))
        yield self._clock(ticket)
        yield self._attachment(ticket)

    def _read_in(self, role: str) -> Ticket:
        queue = getattr(self.otrs.queues, role)
        try:
            return self.client.get_ticket(self._id, attachments=True)
        except AccessDenied:
            raise Stop(found("otrs.queue", "hidden", queue=queue, left=self._left())) from None
        except BridgeError as error:
            raise Stop(found("otrs.queue", "other", queue=queue, text=error, left=self._left())) from None

    def _clock(self, ticket: Ticket) -> Finding:
        seconds = round((ticket.created - self.now).total_seconds())
        if abs(seconds) < CLOCK:
            return found("otrs.clock")
        # Zones differ by quarters of an hour.
        quarters = round(seconds / 900)
        if quarters and abs(seconds - quarters * 900) < CLOCK:
            return found("otrs.clock", "zone", hours=quarters / 4)
        return found("otrs.clock", "skew", seconds=seconds)

    @staticmethod
    def _attachment(ticket: Ticket) -> Finding:
        contents = [file.content for article in ticket.articles for file in article.attachments]
        return found("otrs.attachment", "ok" if ORIGINAL in contents else "changed")

    def _fields(self) -> Iterator[Finding]:
        names = self.otrs.fields
        wanted = [(names.ref, self.ref), (names.state, "doctor"), (names.reason, "doctor"), (names.erase, "")]
        wanted += [(names.category, one) for one in CATEGORIES] + [
            (names.action, one) for one in (*ACTIONS, "")
        ]
        wrong = [one for one in (self._set(name, value) for name, value in wanted) if one]
        yield from dict.fromkeys(wrong) or [found("otrs.field")]
        if any(one.outcome == "missing" for one in wrong):
            with suppress(BridgeError):
                self.erased()
            raise Stop

    def _set(self, name: str, value: str) -> Finding | None:
        try:
            self.client.update_ticket(self._id, fields={name: value})
        except InvalidParameter as error:
            if error.parameter == "Value":
                return found("otrs.field", "value", field=name, value=value)
            return found("otrs.field", "missing", field=name)
        except AccessDenied:
            raise Stop(
                found("otrs.queue", "no-rw", queue=self.otrs.queues.erasing, left=self._left())
            ) from None
        except BridgeError as error:
            raise Stop(self._other("erasing", error)) from None
        return None

    def _search(self) -> Iterator[Finding]:
        name = self.otrs.fields.ref
        try:
            hits = self.client.find_by_field(name, self.ref)
            text = _("{count} hits").format(count=len(hits))
        except BridgeError as error:
            hits, text = [], str(error)
        yield (
            found("otrs.search")
            if hits == [self._id]
            else found("otrs.search", "wrong", text=text, field=name)
        )

    # --- 3 ---------------------------------------------------------------------------------------------------------

    def _visits(self) -> Iterator[Finding]:
        visits = []
        for role in ("support", "admins", "membership", "other"):
            visits.append(self._visit(role))
            yield visits[-1]
        if any(one.verdict == "ok" for one in visits):
            yield found("otrs.erase-elsewhere")

    def _visit(self, role: str) -> Finding:
        queue, erase = getattr(self.otrs.queues, role), self.otrs.fields.erase
        try:
            self.client.update_ticket(self._id, changes={"Queue": queue})
        except InvalidParameter:
            return found("otrs.queue", "unknown", queue=queue, role=role)
        except AccessDenied:
            return found("otrs.queue", "no-rw", queue=queue, left="")
        except BridgeError as error:
            raise Stop(self._other(role, error)) from None
        self._read_in(role)
        try:
            self.client.update_ticket(self._id, fields={erase: self.otrs.erase_value})
            if self._gone():
                raise Stop(
                    found("otrs.erase-elsewhere", "erased", queue=queue, erasing=self.otrs.queues.erasing)
                )
            self.client.update_ticket(self._id, fields={erase: ""})
            self.client.update_ticket(self._id, changes={"Queue": self.otrs.queues.erasing})
        except AccessDenied:
            raise Stop(found("otrs.queue", "no-rw", queue=queue, left=self._left())) from None
        except BridgeError as error:
            raise Stop(self._other(role, error)) from None
        return found("otrs.queue", queue=queue)

    def _gone(self) -> bool:
        try:
            self.client.get_ticket(self._id)
        except AccessDenied:
            return True
        return False

    # --- 4 ---------------------------------------------------------------------------------------------------------

    def _erase(self) -> Iterator[Finding]:
        values = {
            "queue": self.otrs.queues.erasing,
            "field": self.otrs.fields.erase,
            "value": self.otrs.erase_value,
        }
        try:
            ended = self.erased()
        except BridgeError as error:
            raise Stop(self._other("erasing", error)) from None
        number = self.made.number if self.made else ""
        if ended.result == "verified":
            yield found("otrs.queue", queue=self.otrs.queues.erasing)
            yield found("otrs.erasing")
        elif ended.code in ("ticket-still-there", "look-again"):
            yield found("otrs.erasing", "not-erased", number=number, **values)
        elif ended.result == "unverifiable":
            yield found(
                "otrs.erasing", "unverifiable", number=number, text=ended.code, queue=self.otrs.queues.erasing
            )
        else:
            yield found("otrs.erasing", "other", number=number, text=ended.code)

    def erased(self) -> Ended:
        """Erase the test ticket as the bridge erases originals; a failure is tried once more."""
        wanted = TicketErasure(
            client=self.client,
            ticket_id=self._id,
            queue=self.otrs.queues.erasing,
            field=self.otrs.fields.erase,
            value=self.otrs.erase_value,
            control_title=self.otrs.control_title,
            expected=_digests(self.client.get_ticket(self._id, attachments=True)),
            fingerprint=_digests,
            in_database=self.otrs.proof == "in-database",
        )
        receipts = Receipts()
        ended = erase_ticket(wanted, receipts)
        return erase_ticket(wanted, receipts) if ended.result == "failed" else ended

    # --- what is left ----------------------------------------------------------------------------------------------

    @property
    def _id(self) -> int:
        return self.made.ticket_id if self.made else 0

    def _left(self) -> str:
        number = self.made.number if self.made else ""
        return _("The test ticket {number} lies there: delete it.").format(number=number)

    def _other(self, role: str, error: BridgeError) -> Finding:
        queue = getattr(self.otrs.queues, role)
        return found("otrs.queue", "other", queue=queue, text=f"{error} ({error.code})", left=self._left())


def _digests(ticket: Ticket) -> dict[str, str]:
    return {str(one.article_id): hashlib.sha256(repr(one).encode()).hexdigest() for one in ticket.articles}
