"""Compare every day what the journal believes with what mailbox and OTRS show; a difference is an alarm."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence

import structlog
from sqlalchemy import Connection, select

from bridge.act.alarm import raise_alarm
from bridge.act.base import Tools
from bridge.daemon.queue import is_own
from bridge.journal import cases, copies, folders, reconciled, threads
from bridge.journal.copies import Copy
from bridge.journal.reconciled import Reconciliation
from bridge.journal.schema import cases as case_table
from bridge.journal.schema import copies as copy_table
from bridge.journal.schema import tickets as ticket_table
from bridge.journal.threads import KnownTicket
from bridge.message.model import Place
from bridge.sources.base import Mailbox, NoFolder

DAILY = dt.timedelta(hours=20)  # looked at every hour; a restart must not put it off for another day
SETTLING = dt.timedelta(minutes=15)  # what is younger may be in hand
MOST = 5000  # of the newest tickets; older ones were compared on the days before
_log = structlog.get_logger(__name__)


def reconcile_daily(tools: Tools, watch: Sequence[str]) -> Reconciliation | None:
    """Reconcile unless that was done within the day, by this host or another."""
    with tools.journal.write() as connection:
        if not folders.turn(connection, tools.controller, "reconciliation", tools.clock(), DAILY):
            return None
    return reconcile(tools, watch)


def reconcile(tools: Tools, watch: Sequence[str]) -> Reconciliation:
    """Count on both sides, keep the result, and alarm with codes and counts when they differ.

    Reads no content: folders are listed, tickets are read without articles.
    """
    now = tools.clock()
    with tools.journal.read() as connection:
        counts = _by_outcome(connection, tools.controller)
    differences: Counter[str] = Counter()
    if tools.mailbox is not None:
        _mailbox(tools, tools.mailbox, counts, differences)
    _tickets(tools, counts, differences)
    _queues(tools, watch, differences)
    found = Reconciliation(
        now, dict(counts), {code: number for code, number in differences.items() if number}
    )
    with tools.journal.write() as connection:
        reconciled.keep(connection, tools.controller, found)
    if not found.even:
        _log.warning("reconciliation differs", controller=tools.controller, **found.differences)
        raise_alarm(tools, "reconciliation-differs", counts=found.differences)
    return found


def _by_outcome(connection: Connection, controller: str) -> Counter[str]:
    """Count requests by the case's state; a follow-up that joined another case counts with that one."""
    counts: Counter[str] = Counter()
    for (_category, state), number in cases.count_by(connection, controller).items():
        counts["in-hand" if state in cases.OPEN else state] += number
    joined = select(case_table.c.id).where(
        case_table.c.controller == controller, case_table.c.joined.is_not(None), case_table.c.state == "done"
    )
    counts["joined"] = len(connection.execute(joined).all())
    counts["done"] -= counts["joined"]
    return counts


def _mailbox(tools: Tools, mailbox: Mailbox, counts: Counter[str], differences: Counter[str]) -> None:
    """Compare the inbox and the bridge's folders with the copies that the journal knows.

    not-taken-in: old mail in the inbox that no case knows. back: mail in the inbox that the journal believes to be
    erased or moved. not-there: copies of open cases that are not where they were seen. erasing-left, parked-differs:
    the folders `erasing` and `parked` hold another number of mails than there are such cases.
    """
    there = mailbox.list(tools.names.inbox)
    with tools.journal.read() as connection:
        unknown = copies.unknown(connection, there)
        gone = copies.gone_from(connection, there)
        believed = _present(connection, tools)
    counts["inbox"] = len(there)
    old = tools.clock() - SETTLING
    aged = set(mailbox.older_than(tools.names.inbox, old))
    differences["not-taken-in"] = len(aged & set(unknown))
    differences["back"] = sum(mailbox.exists(copy.place) for copy in gone)
    missing = [copy for copy in believed if copy.place not in set(there)]
    differences["not-there"] = sum(
        not _is_there(mailbox, copy.place) for copy in missing if _still(tools, copy)
    )
    erasing, parked = (_listed(mailbox, tools.names.folders[name]) for name in ("erasing", "parked"))
    differences["erasing-left"] = max(0, len(erasing) - _being_erased(tools))
    differences["parked-differs"] = abs(len(parked) - _parked(tools))
    counts["erasing"], counts["parked-mails"] = len(erasing), len(parked)


def _present(connection: Connection, tools: Tools) -> list[Copy]:
    """Return the copies in the inbox that the journal believes to be there, of cases that are old enough."""
    query = (
        select(copy_table.c.case_id)
        .join(case_table, case_table.c.id == copy_table.c.case_id)
        .where(
            case_table.c.controller == tools.controller,
            case_table.c.updated < tools.clock() - SETTLING,
            copy_table.c.state == copies.PRESENT,
            copy_table.c.folder == tools.names.inbox,
        )
    )
    ids = set(connection.execute(query).scalars())
    found = (copy for case_id in ids for copy in copies.of_case(connection, case_id, state=copies.PRESENT))
    return [copy for copy in found if copy.place.folder == tools.names.inbox]


def _still(tools: Tools, copy: Copy) -> bool:
    """Tell whether the journal still believes in a copy: it may have been worked meanwhile."""
    with tools.journal.read() as connection:
        now = copies.find(connection, copy.place)
    return now is not None and now.state == copies.PRESENT


def _is_there(mailbox: Mailbox, place: Place) -> bool:
    return place.uidvalidity == mailbox.state(place.folder).uidvalidity and mailbox.exists(place)


def _listed(mailbox: Mailbox, folder: str) -> list[Place]:
    try:
        return mailbox.list(folder)
    except NoFolder:
        return []


def _being_erased(tools: Tools) -> int:
    """Count mailed cases that are on their way: each may have its copies in `erasing`."""
    open_states = ("working", "waiting", "held", "parked")
    return _number(tools, case_table.c.state.in_(open_states), copy_table.c.state == copies.PRESENT)


def _parked(tools: Tools) -> int:
    """Count mails of parked cases that were moved to `parked`."""
    return _number(tools, case_table.c.state == "parked", copy_table.c.state == "moved")


def _number(tools: Tools, *where: object) -> int:
    query = select(copy_table.c.id).join(case_table, case_table.c.id == copy_table.c.case_id)
    mine = (case_table.c.controller == tools.controller, copy_table.c.kind != "otrs")
    with tools.journal.read() as connection:
        return len(connection.execute(query.where(*mine, *where)).all())  # type: ignore[arg-type]


def _tickets(tools: Tools, counts: Counter[str], differences: Counter[str]) -> None:
    """Read every ticket that the journal believes to be there; a case counts once, however many tickets it has.

    tickets-gone: cases of which a ticket can't be read any more, or another has its id. Tickets that an agent moved to
    a queue without a right for the bridge are among them.
    """
    with tools.journal.read() as connection:
        known = _known(connection, tools)
    there = tools.otrs.get_tickets([one.ticket_id for one in known])
    right = {one.case_id for one in known}
    gone = {
        one.case_id
        for one in known
        if one.ticket_id not in there or there[one.ticket_id].number != one.number
    }
    counts["with-tickets"], counts["found-in-otrs"] = len(right), len(right - gone)
    differences["tickets-gone"] = len(gone)


def _known(connection: Connection, tools: Tools) -> list[KnownTicket]:
    columns = [ticket_table.c[name] for name in KnownTicket.__dataclass_fields__]
    query = (
        select(*columns)
        .where(
            ticket_table.c.instance == tools.names.instance,
            ticket_table.c.state.not_in(threads.ENDED),
            ticket_table.c.ticket_id > 0,
        )
        .order_by(ticket_table.c.ticket_id.desc())
        .limit(MOST)
    )
    return [KnownTicket(*row) for row in connection.execute(query)]


def _queues(tools: Tools, watch: Iterable[str], differences: Counter[str]) -> None:
    """Look for tickets that nobody took in, and for own ones of which the journal knows nothing.

    A forgotten case's tickets carry BridgeRef and are no longer in the journal; so only those count that were made
    after the oldest that it still knows.
    """
    queues = sorted({*watch, tools.names.queues["support"], tools.names.queues["membership"]})
    found = tools.otrs.search_all({"Queues": queues, "StateType": ["new", "open"]})
    with tools.journal.read() as connection:
        known = threads.known_ids(connection, tools.names.instance, found)
        oldest = threads.lowest(connection, tools.names.instance)
    old = tools.clock() - SETTLING
    fresh = [ticket_id for ticket_id in found if ticket_id not in known]
    for ticket in tools.otrs.get_tickets(fresh).values():
        if ticket.created > old or ticket.queue not in queues:
            continue
        if is_own(tools, ticket):
            differences["tickets-unknown"] += ticket.ticket_id > oldest
        elif ticket.queue in set(watch):
            differences["tickets-not-taken-in"] += 1
