"""Read from OTRS what people made of the bridge's decisions: redacted texts and right categories, in memory only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from bridge.act.base import Tools
from bridge.classify import CATEGORIES
from bridge.journal import receipts, threads
from bridge.journal.schema import cases as case_table
from bridge.journal.threads import KnownTicket
from bridge.journal.wishes import TURN
from bridge.message.ticket import from_ticket
from bridge.otrs.model import Ticket
from bridge.redact import Policy, redact

HOLDERS = ("full", "original", "handover")
"""Roles of tickets that hold a request's whole text; a stub does not."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """One request: its redacted subject, a line end, its redacted text; what a person and what the bridge said."""

    text: str
    category: str
    decided: str

    @property
    def changed(self) -> bool:
        return self.category != self.decided


def corrected_tickets(tools: Tools) -> Iterator[Corrected]:
    """Yield every request whose category people corrected, or confirmed by closing its ticket under it.

    Tickets that were not looked at by anybody teach nothing. What redaction doubts is left out.
    """
    with tools.journal.read() as connection:
        wanted = list(_known(connection, tools))
    for one, decided in wanted:
        for ticket in tools.otrs.get_tickets([one.ticket_id], articles=True).values():
            category = ticket.fields.get(tools.names.fields["category"], "")
            looked_at = category != decided or ticket.state_type in {"closed", "merged"}
            text = _text(ticket) if category in CATEGORIES and looked_at else None
            if text:
                yield Corrected(text, category, decided)


def _known(connection: Connection, tools: Tools) -> Iterator[tuple[KnownTicket, str]]:
    query = select(case_table.c.id, case_table.c.category).where(
        case_table.c.controller == tools.controller,
        case_table.c.category.is_not(None),
        case_table.c.salt != "",
    )
    for case_id, category in connection.execute(query).all():
        found = [t for t in threads.of_case(connection, case_id) if t.state != "erased" and t.role in HOLDERS]
        if found:
            yield found[-1], _first(connection, case_id, category)


def _first(connection: Connection, case_id: int, category: str) -> str:
    """Return what the bridge itself had decided, before any person did."""
    known = receipts.of_case(connection, case_id)
    first = known.get(f"{TURN}1")
    return str(first.attrs["from"]) if first else category


def _text(ticket: Ticket) -> str | None:
    """Redact the request alone: the first article, without answers and notes."""
    customers = [one for one in ticket.articles if one.sender_type == "customer"] or list(ticket.articles)
    message = from_ticket(replace(ticket, articles=tuple(customers[:1]))).message
    redaction = redact(message, policy=Policy("all"))
    return f"{redaction.subject}\n{redaction.body}" if redaction.clean else None
