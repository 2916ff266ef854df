"""Erase one ticket and prove it with a control ticket (level `by-control`). Every step was tried on a real Znuny.

OTRS answers AccessDenied for a ticket that is gone, one that never was and one that is hidden. So a denial proves
nothing by itself: it counts only after the ticket was read in the erasing queue, after the erase field was set there,
and while a control ticket in that same queue, owned by somebody else, can be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from bridge.erasure.base import Ended, Progress
from bridge.otrs.errors import AccessDenied
from bridge.otrs.model import Remains, Ticket

LOOKS = 2
ROOT = 1  # OTRS's own first agent, who can't be the bridge


class Client(Protocol):
    """The part of the GenericInterface client that erasing needs."""

    def get_ticket(self, ticket_id: int, *, articles: bool = False, attachments: bool = False) -> Ticket: ...
    def update_ticket(
        self, ticket_id: int, *, changes: Mapping[str, object] = ..., fields: Mapping[str, str] = ...
    ) -> int | None: ...
    def search(self, criteria: Mapping[str, object], *, limit: int = ...) -> list[int]: ...
    def erase_with_traces(self, ticket_id: int, article_ids: Sequence[int] = ...) -> Remains: ...
    def prove_ticket(self, ticket_id: int, article_ids: Sequence[int] = ...) -> Remains: ...


class Fingerprint(Protocol):
    """Make keyed digests of a ticket's articles: article id -> digest, contents and attachments included."""

    def __call__(self, ticket: Ticket) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class TicketErasure:
    """One ticket to erase. `expected` is the fingerprint taken when the request was handed over.

    With `in_database` the add-on inside OTRS erases it, with its traces, and counts what is left.
    """

    client: Client
    ticket_id: int
    queue: str
    field: str
    value: str
    control_title: str
    expected: Mapping[str, str]
    fingerprint: Fingerprint
    in_database: bool = False


def erase_ticket(ticket: TicketErasure, progress: Progress) -> Ended:
    """Erase a ticket, from wherever an earlier attempt left it.

    1. The control ticket is readable; the ticket is as it was when it was handed over, else hold.
    2. One update closes, unlocks, disowns and moves it to the erasing queue.
    3. Read it there: still as it was, else move it back and hold; receipt "read".
    4. Clear, then set the erase field (the same value again fires no event); receipt "erased".
    5. Denied, and right after it the control ticket readable in that queue: verified.

    At level `in-database` the add-on's operation takes the place of the erase field, and after step 5 no row of the
    database may name the ticket or its articles any more.
    """
    if progress.marked("erased") is None:
        ended = _bring_in(ticket, progress) if progress.marked("read") is None else None
        ended = ended or _send(ticket, progress)
        if ended:
            return ended
    return _verdict(ticket, progress)


def _bring_in(ticket: TicketErasure, progress: Progress) -> Ended | None:
    if find_control(ticket) is None:
        return Ended("unverifiable", "no-control")
    seen = _read(ticket)
    if seen is None:
        return Ended("unverifiable", "original-hidden")
    if seen.queue != ticket.queue:
        wrong = _difference(ticket, seen) or progress.may_go_on()
        if wrong:
            return Ended("hold", wrong)
        changes = {"State": "closed successful", "Lock": "unlock", "OwnerID": ROOT, "Queue": ticket.queue}
        ticket.client.update_ticket(ticket.ticket_id, changes=changes)
        progress.mark("brought", {"from": seen.queue, "state": seen.state})
    return _read_there(ticket, progress)


def _read_there(ticket: TicketErasure, progress: Progress) -> Ended | None:
    there = _read(ticket)
    if there is None:
        return Ended("unverifiable", "hidden-after-move")
    if there.queue != ticket.queue:
        return Ended("failed", "not-in-erasing-queue")
    wrong = _difference(ticket, there)
    if wrong is None and there.owner_id != ROOT:
        # Owners read without a right on the queue: with such a ticket a later denial would prove nothing.
        ticket.client.update_ticket(ticket.ticket_id, changes={"OwnerID": ROOT})
        return Ended("failed", "owner-not-changed")
    if wrong:
        _move_back(ticket, progress)
        return Ended("hold", wrong)
    progress.mark("read", {"queue_id": there.queue_id})
    return None


def _move_back(ticket: TicketErasure, progress: Progress) -> None:
    brought = progress.marked("brought")
    if brought:
        changes = {"Queue": brought["from"], "State": brought["state"]}
        ticket.client.update_ticket(ticket.ticket_id, changes=changes)


def _send(ticket: TicketErasure, progress: Progress) -> Ended | None:
    """Clear, then set the erase field: the same value again would fire no event. Or let the add-on erase."""
    stop = progress.may_go_on()
    if stop:
        return Ended("hold", stop)
    if ticket.in_database:
        return _send_to_add_on(ticket, progress)
    try:
        ticket.client.update_ticket(ticket.ticket_id, fields={ticket.field: ""})
        ticket.client.update_ticket(ticket.ticket_id, fields={ticket.field: ticket.value})
    except AccessDenied:
        return Ended("unverifiable", "denied-before-erase")
    progress.mark("erased", {})
    return None


def _send_to_add_on(ticket: TicketErasure, progress: Progress) -> Ended | None:
    """A denial is no end here: after a lost answer the ticket may be gone, and the add-on can tell."""
    with suppress(AccessDenied):
        ticket.client.erase_with_traces(ticket.ticket_id, _articles(ticket))
        progress.mark("erased", {})
    return None


def _articles(ticket: TicketErasure) -> list[int]:
    return sorted(int(key) for key in ticket.expected)


def _verdict(ticket: TicketErasure, progress: Progress) -> Ended:
    """Look twice at both: a web-server process whose cache is stale answers for itself only (measured on Znuny)."""
    read = progress.marked("read")
    for _ in range(LOOKS):
        if _read(ticket) is not None:
            return _again(ticket, progress)
        control = find_control(ticket)
        if control is None or read is None or control.queue_id != read["queue_id"]:
            return Ended("unverifiable", "no-control")
    return (
        _count(ticket, progress) if ticket.in_database else Ended("verified", attrs={"level": "by-control"})
    )


def _count(ticket: TicketErasure, progress: Progress) -> Ended:
    """Let the add-on count; what is left is removed in a further attempt."""
    remains = ticket.client.prove_ticket(ticket.ticket_id, _articles(ticket))
    if remains.state != "gone":
        return Ended("failed", "ticket-hidden")
    if remains.left:
        return _send(ticket, progress) or Ended("failed", "rows-left")
    return Ended("verified", attrs={"level": "in-database", "places": remains.looked})


def _again(ticket: TicketErasure, progress: Progress) -> Ended:
    """Set the field once more on a ticket that is still readable, whole or half-deleted, if it still lies where it may.

    TicketDelete is no transaction and takes the dynamic fields first, so a stripped ticket needs the field anew.
    """
    there = _read(ticket)
    ended = _send(ticket, progress) if there is not None and there.queue == ticket.queue else None
    if ended:
        return ended
    return Ended("failed", "look-again" if _read(ticket) is None else "ticket-still-there")


def _read(ticket: TicketErasure) -> Ticket | None:
    try:
        return ticket.client.get_ticket(ticket.ticket_id, articles=True, attachments=True)
    except AccessDenied:
        return None


def _difference(ticket: TicketErasure, seen: Ticket) -> str | None:
    """Tell what was added, changed or merged since the hand-over; None when nothing was."""
    now = ticket.fingerprint(seen)
    if seen.state_type == "merged" or (ticket.expected and not set(ticket.expected) & set(now)):
        return "merged"  # merging takes the articles along and leaves a shell with a note
    return None if now == dict(ticket.expected) else "changed-since-hand-over"


def find_control(ticket: TicketErasure) -> Ticket | None:
    """Read the control ticket: right title, right queue, owned by somebody else; None when there is none.

    The search is only a hint (it may be answered unfiltered): each hit is read and looked at itself.
    """
    criteria: dict[str, Any] = {"Title": ticket.control_title, "Queues": [ticket.queue]}
    for ticket_id in sorted(ticket.client.search(criteria, limit=50))[:50]:
        try:
            found = ticket.client.get_ticket(ticket_id)
        except AccessDenied:
            continue
        if is_control(found, ticket):
            return found
    return None


def is_control(found: Ticket, ticket: TicketErasure) -> bool:
    """Tell whether a ticket can serve as control: neither made nor owned by the bridge, and not the one to erase."""
    return (
        found.title == ticket.control_title
        and found.queue == ticket.queue
        and found.owner_id == ROOT
        and found.create_by == ROOT
        and found.ticket_id != ticket.ticket_id
    )
