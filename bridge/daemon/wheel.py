"""The supporters' hand on the wheel: what people change in OTRS about requests that the bridge knows.

A changed category sends the request the way of the new one; the action field asks for one thing. Both become a new
plan in the journal (bridge.act.turn), which is then worked like any other: probe, act, verify, with receipts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import structlog

from bridge.act.alarm import raise_alarm
from bridge.act.base import Tools
from bridge.act.waiting import rejects
from bridge.classify import CATEGORIES
from bridge.daemon.asking import WISHES, Asked, carry_out
from bridge.daemon.ordered import APPROVED, approved_cases
from bridge.errors import BridgeError, place_of
from bridge.journal import cases, folders, receipts, threads
from bridge.journal.cases import Case
from bridge.journal.receipts import Receipt
from bridge.journal.threads import KnownTicket
from bridge.journal.wishes import turns_of
from bridge.otrs.model import Ticket
from bridge.pipeline import Worked, work
from bridge.plan import Plan

OVERLAP = dt.timedelta(minutes=2)  # clocks differ, and a change may be written after our search
ROLES = frozenset({"original", "full", "admins", "handover", "stub", "parked"})
_log = structlog.get_logger(__name__)


def wheel_round(tools: Tools, watch: Sequence[str], keep_days: int) -> list[Worked]:
    """Look at the known tickets that changed since the last round and do what people asked; then what was approved.

    Only changed tickets are read; that a search names a ticket is never trusted, its fields are read. What could not be
    done now (another worker has the case, a step of it is under way) is looked at again in the next round.
    """
    now = tools.clock()
    instance = tools.names.instance
    with tools.journal.read() as connection:
        _number, since = folders.cursor(connection, instance, "wheel")
    wishes = _wishes(tools, _changed(tools, watch, since or now - dt.timedelta(days=1)))
    wishes += [Asked(case_id, 0, APPROVED, reason=role) for case_id, role in approved_cases(tools)]
    ends = [(one.case_id, _carried_out(tools, one, keep_days)) for one in wishes]
    if not any(end is None for _case_id, end in ends):
        with tools.journal.write() as connection:
            folders.set_cursor(connection, instance, "wheel", at=now)
    return [done for case_id, end in ends if end and (done := _go_on(tools, case_id))]


def _changed(tools: Tools, watch: Sequence[str], since: dt.datetime) -> list[tuple[KnownTicket, Ticket]]:
    queues = [name for role, name in tools.names.queues.items() if role != "erasing"]
    criteria: dict[str, object] = {
        "Queues": list(dict.fromkeys([*queues, *watch])),
        "TicketLastChangeTimeNewerDate": tools.otrs.local_time(since - OVERLAP),
    }
    hits = tools.otrs.search_all(criteria)
    with tools.journal.read() as connection:
        known = {one.ticket_id: one for one in threads.known(connection, tools.names.instance, hits)}
    wanted = [one for one in known.values() if one.role in ROLES and one.state != "erased"]
    read = tools.otrs.get_tickets([one.ticket_id for one in wanted])
    return [(one, read[one.ticket_id]) for one in wanted if one.ticket_id in read]


def _wishes(tools: Tools, changed: Iterable[tuple[KnownTicket, Ticket]]) -> list[Asked]:
    """Collect what people want, at most one thing a case; the rest comes in the next round."""
    wishes: dict[int, Asked] = {}
    for known, ticket in changed:
        with tools.journal.read() as connection:
            case = cases.by_id(connection, known.case_id)
            done = receipts.of_case(connection, known.case_id)
        if case is None or case.controller != tools.controller:
            continue
        _keep_state(tools, known, ticket)
        asked = asks(tools, case, done, known, ticket)
        if asked:
            wishes.setdefault(case.id, asked)
    return list(wishes.values())


def _carried_out(tools: Tools, asked: Asked, keep_days: int) -> bool | None:
    try:
        return carry_out(tools, asked, keep_days)
    except BridgeError as error:
        _log.warning("wish not carried out", code=error.code, case=asked.case_id, wish=asked.wish)
        return False if error.permanent else None
    except Exception as error:  # noqa: BLE001  # its text may hold content; the other wishes go on
        _log.error("unforeseen", kind=type(error).__name__, at=place_of(error), case=asked.case_id)
        raise_alarm(tools, "wheel-unforeseen", asked.case_id)
        return False


def asks(
    tools: Tools, case: Case, done: Mapping[str, Receipt], known: KnownTicket, ticket: Ticket
) -> Asked | None:
    """Read off a ticket what a person wants, or None. A changed category goes before an action."""
    fields, turns = tools.names.fields, turns_of(done)
    category = ticket.fields.get(fields["category"], "")
    # A ticket may show the old one only because the last turn has not come to it yet.
    old = not turns.settled and turns.seen.get(str(known.ticket_id)) == category
    undecided = case.plan is not None and Plan.from_json(case.plan).undecided
    if category in CATEGORIES and (undecided or category != case.category) and not old:
        return Asked(case.id, known.ticket_id, "category", category)
    action = ticket.fields.get(fields["action"], "")
    if action in WISHES and not turns.is_pending(action, known.ticket_id):
        return Asked(case.id, known.ticket_id, action)
    if known.role == "handover" and _erasure_waits(case, done) and rejects(ticket, tools.names.queues):
        return Asked(case.id, known.ticket_id, "rejected")
    return None


def _erasure_waits(case: Case, done: Mapping[str, Receipt]) -> bool:
    """Tell whether the original is still there and the case waits to erase it, for whatever reason."""
    steps = Plan.from_json(case.plan).steps if case.plan else ()
    return case.state == "waiting" and any(one.kind == "erase" and one.key not in done for one in steps)


def _keep_state(tools: Tools, known: KnownTicket, ticket: Ticket) -> None:
    """Know whether a ticket with a time limit is still open. The admins' one is left to the round of answers."""
    if known.role not in {"handover", "full"}:
        return
    state = "closed" if ticket.state_type in {"closed", "merged"} else "open"
    if state != known.state:
        with tools.journal.write() as connection:
            threads.set_ticket(connection, tools.names.instance, known.ticket_id, state=state)


def _go_on(tools: Tools, case_id: int) -> Worked | None:
    with tools.journal.read() as connection:
        case = cases.by_id(connection, case_id)
    return work(tools, case) if case and case.state in cases.OPEN else None
