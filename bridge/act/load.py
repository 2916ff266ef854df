"""Get a case's request: from its place, or from wherever somebody moved it."""

from __future__ import annotations

from dataclasses import replace

from bridge.act.base import StepError, Tools
from bridge.errors import BridgeError
from bridge.journal import copies, threads
from bridge.journal.cases import Case
from bridge.journal.copies import Copy
from bridge.message.identity import identity_parts
from bridge.message.model import Place, Request
from bridge.message.parse import parse
from bridge.message.ticket import from_ticket
from bridge.otrs.errors import AccessDenied
from bridge.otrs.model import Article, Attachment, Ticket
from bridge.sources.base import Fetched, Mailbox, UidvalidityChanged, Vanished


class OriginalGoneError(BridgeError):
    """Report that a case's original is at none of its known places."""

    code = "original.vanished"
    permanent = True


class PlaceReusedError(BridgeError):
    """Report that a place holds somebody else's mail now, which nothing may be done to."""

    code = "place-reused"


def load_request(tools: Tools, case: Case) -> Request:
    """Fetch and parse the original of a case. Raises OriginalGoneError when it is nowhere to be found."""
    with tools.journal.read() as connection:
        known = copies.of_case(connection, case.id)
    born_in_otrs = case.source == "otrs"
    for copy in known:
        # A full ticket made from a mail is a place to erase too, but not what is handed over.
        if copy.state == copies.PRESENT and (copy.place.kind == "otrs") == born_in_otrs:
            request = _ticket(tools, case, copy) if born_in_otrs else _mail(tools, case, copy)
            if request is not None:
                return request
    try:
        return _anywhere(tools, case)
    except OriginalGoneError:
        kept = from_tickets(tools, case)
        if kept is None:
            raise
        return kept


def from_tickets(tools: Tools, case: Case) -> Request | None:
    """Get the request from a ticket that holds it: the hand-over with its `original.eml`, else a full ticket.

    That is how what was handed over wrongly comes back after its erasure. None when no ticket holds it.
    """
    with tools.journal.read() as connection:
        made = [one for one in threads.of_case(connection, case.id) if one.state != "erased"]
    order = ("handover", "former", "full")
    for one in sorted(
        (t for t in made if t.role in order), key=lambda t: (order.index(t.role), -t.ticket_id)
    ):
        try:
            ticket = tools.otrs.get_ticket(one.ticket_id, articles=True, attachments=True)
        except AccessDenied:
            continue
        found = _kept_in(tools, case, ticket)
        if found is not None:
            return found
        if one.role == "full":
            return from_ticket(ticket, account=tools.names.instance)
    return None


def _kept_in(tools: Tools, case: Case, ticket: Ticket) -> Request | None:
    """Find the case's original among the attachments; of a rendered ticket the article tells more than the file."""
    for article in ticket.articles:
        for file in article.attachments:
            if tools.secrets.digest(file.content) != case.digest:
                continue
            whole = from_ticket(
                replace(ticket, articles=(_without(article, file),)), account=tools.names.instance
            )
            message = (
                whole.message if case.source == "otrs" else parse(file.content, max_parts=tools.pace.parts)
            )
            return Request(whole.place, message, file.content, case.received)
    return None


def _without(article: Article, original: Attachment) -> Article:
    return replace(article, attachments=tuple(one for one in article.attachments if one is not original))


def ticket_ref(tools: Tools, ticket: Ticket) -> str:
    """Compute the keyed identity of a ticket. Id and number are given out again after a restore; the time is not."""
    parts = ("otrs", tools.names.instance, str(ticket.ticket_id), ticket.number, ticket.created.isoformat())
    return tools.secrets.identity(*(part.encode() for part in parts))


def _ticket(tools: Tools, case: Case, copy: Copy) -> Request | None:
    try:
        ticket = tools.otrs.get_ticket(int(copy.place.uid), articles=True, attachments=True)
    except AccessDenied:
        return None
    if ticket_ref(tools, ticket) != case.ref:
        return None  # a restored OTRS gave the id to a stranger's ticket
    return from_ticket(ticket, account=copy.place.account)


def _mail(tools: Tools, case: Case, copy: Copy) -> Request | None:
    try:
        fetched = _mailbox(tools).fetch(copy.place, max_bytes=tools.pace.message_bytes)
    except (Vanished, UidvalidityChanged):
        return None
    if case.digest is not None and fetched.raw is not None and mail_ref(tools, fetched.raw) != case.ref:
        return None  # a restored server gave the uid to a stranger's mail
    return as_request(fetched, tools.pace.parts)


def mail_ref(tools: Tools, raw: bytes) -> str:
    """Compute the keyed identity of a mail: the same wherever it lies (invariant 3)."""
    return tools.secrets.identity(tools.controller.encode(), *identity_parts(raw))


def look_at(tools: Tools, case: Case, place: Place) -> Fetched | None:
    """Fetch the case's mail from a place; None when it is not there.

    After a restore a place may hold a stranger's mail: uids are given out again. Raises PlaceReusedError for one.
    """
    try:
        fetched = _mailbox(tools).fetch(place, max_bytes=tools.pace.message_bytes)
    except Vanished:
        return None
    if case.digest is not None and fetched.raw is not None and mail_ref(tools, fetched.raw) != case.ref:
        raise PlaceReusedError("Another mail lies where this one was seen.")
    return fetched


def as_request(fetched: Fetched, max_parts: int) -> Request | None:
    """Parse what was fetched; None for a mail over the size limit."""
    if fetched.raw is None:
        return None
    return Request(fetched.place, parse(fetched.raw, max_parts=max_parts), fetched.raw, fetched.received)


def _anywhere(tools: Tools, case: Case) -> Request:
    """Look in every listed folder by size and digest, and keep the place where it lies now."""
    if case.digest is None and case.source != "otrs":
        raise OriginalGoneError(
            "The mail was too large to be read. Raise limits.message_bytes and put it back into the inbox.",
            code="message-too-large",
        )
    if tools.mailbox is None or case.size is None or case.digest is None or case.source == "otrs":
        raise OriginalGoneError("The original is not where it was.")
    for folder in tools.mailbox.folders():
        for place in tools.mailbox.find(
            folder, size=case.size, matches=lambda raw: tools.secrets.digest(raw) == case.digest
        ):
            with tools.journal.write() as connection:
                copies.add(connection, case.id, place, tools.clock())
            fetched = tools.mailbox.fetch(place, max_bytes=tools.pace.message_bytes)
            found = as_request(fetched, tools.pace.parts)
            if found is not None:
                return found
    raise OriginalGoneError("The original is in no folder that the server lists.")


def _mailbox(tools: Tools) -> Mailbox:
    if tools.mailbox is None:
        raise StepError("This controller has no mailbox.", code="mailbox.none", permanent=True)
    return tools.mailbox
