"""Which tickets and Message-IDs belong to which case: how a follow-up finds its case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from bridge.journal.schema import cases, message_refs, tickets
from bridge.journal.upsert import insert_new

GONE = ("erased", "lost", "missing", "replaced")

ENDED = ("erased", "back", "missing", "replaced")


@dataclass(frozen=True, slots=True)
class KnownTicket:
    """A ticket that a case made or came from. `role` is original, full, admins, handover, stub or parked.

    `state` is open, closed, erased, back (erased, and readable again after a restore), lost (gone with a restore),
    missing (lost, and a person knows) or replaced (lost, and its case walked anew).
    """

    case_id: int
    instance: str
    ticket_id: int
    number: str
    role: str
    last_article: int
    state: str


_COLUMNS = tuple(tickets.c[name] for name in KnownTicket.__dataclass_fields__)


def add_ticket(connection: Connection, ticket: KnownTicket) -> None:
    """Note a ticket; one that is known already keeps its first case."""
    values = {name: getattr(ticket, name) for name in KnownTicket.__dataclass_fields__}
    insert_new(connection, tickets, values)


def of_case(connection: Connection, case_id: int) -> list[KnownTicket]:
    """Return the tickets of a case in the order in which they were made."""
    rows = connection.execute(select(*_COLUMNS).where(tickets.c.case_id == case_id).order_by(tickets.c.id))
    return [KnownTicket(*row) for row in rows]


def known_ids(connection: Connection, instance: str, ids: Sequence[int]) -> set[int]:
    """Return those of the ticket ids that the journal knows, whatever became of them."""
    found: set[int] = set()
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        query = select(tickets.c.ticket_id).where(
            tickets.c.instance == instance, tickets.c.ticket_id.in_(chunk)
        )
        found |= set(connection.execute(query).scalars())
    return found


def known_as(connection: Connection, instance: str, ids: Sequence[int], *, state: str) -> list[KnownTicket]:
    """Return those of the tickets that the journal believes to be in a state."""
    found: list[KnownTicket] = []
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        where = (tickets.c.instance == instance, tickets.c.ticket_id.in_(chunk), tickets.c.state == state)
        found += [KnownTicket(*row) for row in connection.execute(select(*_COLUMNS).where(*where))]
    return found


def newest(connection: Connection, instance: str, limit: int) -> list[KnownTicket]:
    """Return the newest tickets that the bridge made and that are not erased, the newest first."""
    query = (
        select(*_COLUMNS)
        .where(tickets.c.instance == instance, tickets.c.role != "original", tickets.c.state.not_in(GONE))
        .order_by(tickets.c.ticket_id.desc())
        .limit(limit)
    )
    return [KnownTicket(*row) for row in connection.execute(query)]


def living(connection: Connection, instance: str) -> list[KnownTicket]:
    """Return all tickets of cases that are not erased, those lost included, the oldest first."""
    where = (tickets.c.instance == instance, tickets.c.state.not_in(ENDED))
    return [
        KnownTicket(*row)
        for row in connection.execute(select(*_COLUMNS).where(*where).order_by(tickets.c.id))
    ]


def release(connection: Connection, ticket: KnownTicket, state: str = "lost") -> None:
    """Forget that an id means a case's ticket: a restored OTRS gave it to another one. Number and role stay."""
    where = (tickets.c.instance == ticket.instance, tickets.c.ticket_id == ticket.ticket_id)
    connection.execute(update(tickets).where(*where).values(ticket_id=-tickets.c.id, state=state))


def displace(connection: Connection, ticket: KnownTicket) -> None:
    """Note a ticket that was made just now; whatever the journal knew under its id is lost."""
    old = known_as_any(connection, ticket.instance, ticket.ticket_id)
    if old is not None and (old.case_id, old.number) != (ticket.case_id, ticket.number):
        release(connection, old)
    add_ticket(connection, ticket)


def known_as_any(connection: Connection, instance: str, ticket_id: int) -> KnownTicket | None:
    """Return what the journal knows of a ticket id, in whatever state."""
    where = (tickets.c.instance == instance, tickets.c.ticket_id == ticket_id)
    row = connection.execute(select(*_COLUMNS).where(*where)).first()
    return KnownTicket(*row) if row else None


def known(connection: Connection, instance: str, ids: Sequence[int]) -> list[KnownTicket]:
    """Return what the journal knows of these tickets, in the order in which they were made."""
    found: list[KnownTicket] = []
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        query = select(*_COLUMNS).where(tickets.c.instance == instance, tickets.c.ticket_id.in_(chunk))
        found += [KnownTicket(*row) for row in connection.execute(query.order_by(tickets.c.id))]
    return found


def highest(connection: Connection, instance: str) -> int:
    """Return the highest ticket id that the journal knows of an instance, 0 for none."""
    query = select(func.max(tickets.c.ticket_id)).where(tickets.c.instance == instance)
    found: int | None = connection.execute(query).scalar()
    return found or 0


def lowest(connection: Connection, instance: str) -> int:
    """Return the lowest ticket id that the journal still knows of an instance, 0 for none."""
    where = (tickets.c.instance == instance, tickets.c.ticket_id > 0)
    found: int | None = connection.execute(select(func.min(tickets.c.ticket_id)).where(*where)).scalar()
    return found or 0


def by_role(connection: Connection, instance: str, role: str, *, state: str = "open") -> list[KnownTicket]:
    """Return the tickets of one role that are in a state, the oldest first."""
    query = (
        select(*_COLUMNS)
        .where(tickets.c.instance == instance, tickets.c.role == role, tickets.c.state == state)
        .order_by(tickets.c.id)
    )
    return [KnownTicket(*row) for row in connection.execute(query)]


def set_ticket(connection: Connection, instance: str, ticket_id: int, **values: object) -> None:
    """Change `state` or `last_article` of a known ticket."""
    where = (tickets.c.instance == instance, tickets.c.ticket_id == ticket_id)
    connection.execute(update(tickets).where(*where).values(**values))


def add_message(connection: Connection, hashed: str, case_id: int) -> None:
    """Note the keyed hash of a Message-ID as belonging to a case; the first case keeps it."""
    insert_new(connection, message_refs, {"hash": hashed, "case_id": case_id})


def case_of_messages(connection: Connection, hashes: Iterable[str], controller: str) -> int | None:
    """Return the case that one of the Message-IDs belongs to, the nearest (first) one winning."""
    for hashed in hashes:
        query = (
            select(message_refs.c.case_id)
            .join(cases, cases.c.id == message_refs.c.case_id)
            .where(message_refs.c.hash == hashed, cases.c.controller == controller)
        )
        found: int | None = connection.execute(query).scalar()
        if found is not None:
            return found
    return None


def case_of_number(connection: Connection, instance: str, number: str, sender: str) -> int | None:
    """Return the case of a ticket number if, and only if, `sender` (keyed hash) is the case's own sender."""
    query = (
        select(tickets.c.case_id)
        .join(cases, cases.c.id == tickets.c.case_id)
        .where(tickets.c.instance == instance, tickets.c.number == number, cases.c.sender == sender)
    )
    found: int | None = connection.execute(query).scalar()
    return found
