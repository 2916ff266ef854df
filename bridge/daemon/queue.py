"""Take in tickets that came into OTRS another way: by phone, from an agent, through OTRS's own mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import structlog

from bridge.act.alarm import raise_alarm
from bridge.act.base import Tools
from bridge.act.fingerprint import fingerprint
from bridge.act.load import ticket_ref
from bridge.daemon.restore import look_at_tickets
from bridge.errors import BridgeError, place_of
from bridge.journal import brakes, cases, copies, receipts, threads
from bridge.journal.cases import Case, NewCase
from bridge.journal.threads import KnownTicket
from bridge.message.model import Request
from bridge.message.ticket import from_ticket
from bridge.otrs.errors import AccessDenied
from bridge.otrs.model import Ticket
from bridge.pipeline import Worked, work

_log = structlog.get_logger(__name__)
Spread = Callable[[Callable[[int], Worked | None], Iterable[int]], Iterable[Worked | None]]


def queue_round(tools: Tools, watch: tuple[str, ...], spread: Spread) -> list[Worked]:
    """Work every open ticket of the watched queues that the journal does not know and that is not our own."""
    if not watch:
        return []
    found = tools.otrs.search_all({"Queues": list(watch), "StateType": ["new", "open"]})
    look_at_tickets(tools, found)
    with tools.journal.read() as connection:
        known = threads.known_ids(connection, tools.names.instance, found)
    fresh = sorted(set(found) - known)
    return [
        done for done in spread(lambda ticket_id: take_ticket_safely(tools, watch, ticket_id), fresh) if done
    ]


def take_ticket_safely(tools: Tools, watch: tuple[str, ...], ticket_id: int) -> Worked | None:
    try:
        return take_ticket(tools, watch, ticket_id)
    except BridgeError as error:
        _log.warning("ticket not taken in", code=error.code, ticket=ticket_id)
        return None
    except Exception as error:  # noqa: BLE001  # its text may hold content; the other tickets go on
        _log.error("unforeseen", kind=type(error).__name__, at=place_of(error), ticket=ticket_id)
        raise_alarm(tools, "ticket-unforeseen")
        return None


def take_ticket(tools: Tools, watch: tuple[str, ...], ticket_id: int) -> Worked | None:
    """Open the case of a ticket and work it; None for a ticket that is not ours to take.

    The search is only a hint: a ticket that lies in no watched queue was not asked for, and then nothing that this
    server says may lead to an erasure until a person has looked.
    """
    try:
        ticket = tools.otrs.get_ticket(ticket_id, articles=True, attachments=True)
    except AccessDenied:
        return None
    if ticket.queue not in watch:
        _not_asked_for(tools)
        return None
    if is_own(tools, ticket) or not ticket.articles:
        return None
    request = from_ticket(ticket, account=tools.names.instance)
    return work(tools, _open(tools, ticket, request), request)


def is_own(tools: Tools, ticket: Ticket) -> bool:
    """Tell whether the bridge made this ticket or has taken it over before."""
    fields = tools.names.fields
    return any(ticket.fields.get(fields.get(name, ""), "") for name in ("ref", "state"))


def _not_asked_for(tools: Tools) -> None:
    with tools.journal.write() as connection:
        pulled = brakes.pull(connection, tools.controller, "search-not-filtered", "queue", tools.clock())
    if pulled:
        raise_alarm(tools, "search-not-filtered")


def _open(tools: Tools, ticket: Ticket, request: Request) -> Case:
    secrets, sender, now = tools.secrets, request.message.sender, tools.clock()
    ref = ticket_ref(tools, ticket)
    new = NewCase(
        ref=ref,
        controller=tools.controller,
        source="otrs",
        received=request.received,
        sender=secrets.sender(sender.email) if sender and sender.email else None,
        digest=secrets.digest(request.original),
        size=len(request.original),
        salts=secrets.case_salts(ref, now.year),
    )
    known = (tools.names.instance, ticket.ticket_id, ticket.number, "original")
    newest = max(article.article_id for article in ticket.articles)
    seen = {"articles": fingerprint(ticket, secrets.digest)}
    with tools.journal.write() as connection:
        case = cases.open_case(connection, new, now)
        copies.add(connection, case.id, request.place, now)
        threads.add_ticket(connection, KnownTicket(case.id, *known, newest, "open"))
        receipts.put(connection, case.id, "seen", "done", now, seen)
        for article in ticket.articles:
            if article.message_id:
                threads.add_message(connection, secrets.message(article.message_id), case.id)
    return case
