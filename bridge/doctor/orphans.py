"""Look for tickets of the bridge that an interruption left half-made or half-erased."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from bridge.doctor.finding import Finding, found
from bridge.doctor.round import TITLE
from bridge.errors import BridgeError
from bridge.otrs.client import OtrsClient
from bridge.otrs.model import Ticket
from bridge.settings.connections import Otrs

NEWEST = 300
TOLD = 20


def orphans(client: OtrsClient, otrs: Otrs, creator: int, now: dt.datetime) -> Iterator[Finding]:
    """Look through the newest tickets that the bridge's agent made.

    TicketCreate is no transaction: a server that is killed leaves a ticket without fields, or without its article.
    Those that may still be in the making, and test tickets, are left out.
    """
    settled = now - dt.timedelta(seconds=otrs.server_timeout_seconds)
    try:
        newest = client.search({"CreatedUserIDs": [creator]}, limit=NEWEST)
        tickets = client.get_tickets(newest, articles=True).values()
    except BridgeError:
        return
    lost = [one.number for one in tickets if _is_orphan(one, otrs, creator, settled)]
    yield (
        found("otrs.orphans", "found", numbers=", ".join(sorted(lost)[:TOLD]))
        if lost
        else found("otrs.orphans")
    )


def _is_orphan(ticket: Ticket, otrs: Otrs, creator: int, settled: dt.datetime) -> bool:
    ours = ticket.create_by == creator and ticket.title != TITLE
    whole = ticket.fields.get(otrs.fields.ref) and ticket.articles
    return ours and not whole and ticket.created < settled
