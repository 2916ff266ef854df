"""Get a case's request: from its place, or from wherever somebody moved it."""

from __future__ import annotations

from bridge.act.base import StepError, Tools
from bridge.errors import BridgeError
from bridge.journal import copies
from bridge.journal.cases import Case
from bridge.journal.copies import Copy
from bridge.message.model import Request
from bridge.message.parse import parse
from bridge.message.ticket import from_ticket
from bridge.otrs.errors import AccessDenied
from bridge.sources.base import Fetched, Mailbox, UidvalidityChanged, Vanished


class OriginalGoneError(BridgeError):
    """Report that a case's original is at none of its known places."""

    code = "original.vanished"
    permanent = True


def load_request(tools: Tools, case: Case) -> Request:
    """Fetch and parse the original of a case. Raises OriginalGoneError when it is nowhere to be found."""
    with tools.journal.read() as connection:
        known = copies.of_case(connection, case.id)
    for copy in known:
        if copy.state == copies.PRESENT:
            request = _ticket(tools, copy) if copy.place.kind == "otrs" else _mail(tools, copy)
            if request is not None:
                return request
    return _anywhere(tools, case)


def _ticket(tools: Tools, copy: Copy) -> Request | None:
    try:
        ticket = tools.otrs.get_ticket(int(copy.place.uid), articles=True, attachments=True)
    except AccessDenied:
        return None
    return from_ticket(ticket, account=copy.place.account)


def _mail(tools: Tools, copy: Copy) -> Request | None:
    try:
        fetched = _mailbox(tools).fetch(copy.place, max_bytes=tools.pace.message_bytes)
    except (Vanished, UidvalidityChanged):
        return None
    return as_request(fetched, tools.pace.parts)


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
