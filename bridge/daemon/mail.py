"""Take in what lies in the mailbox: notice what is new, open its case, work it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import structlog

from bridge.act.alarm import raise_alarm
from bridge.act.base import Tools
from bridge.act.load import as_request, mail_ref
from bridge.daemon.restore import look_at_returned, resight
from bridge.errors import BridgeError, place_of
from bridge.journal import brakes, cases, copies, folders, threads
from bridge.journal.cases import Case, NewCase
from bridge.journal.folders import Seen
from bridge.message.model import Place, Request
from bridge.pipeline import Worked, work
from bridge.plan import Plan, Step
from bridge.sources.base import Fetched, Mailbox, Vanished

_log = structlog.get_logger(__name__)
RESTORED = {"uidvalidity-changed", "uidnext-fell"}
Spread = Callable[[Callable[[Place], Worked | None], Iterable[Place]], Iterable[Worked | None]]


def mail_round(tools: Tools, spread: Spread) -> list[Worked]:
    """Work every mail of the inbox that the journal does not know yet; `spread` maps over places, in threads or not.

    A folder that looks restored or emptied pulls the brake on erasing; taking in goes on.
    """
    mailbox = tools.mailbox
    if mailbox is None:
        return []
    _watch_folder(tools, mailbox)
    places = mailbox.list(tools.names.inbox)
    with tools.journal.read() as connection:
        fresh = copies.unknown(connection, places)
        known = set(places) - set(fresh)
        gone = copies.gone_from(connection, [place for place in places if place in known])
    if gone:
        look_at_returned(tools, mailbox, gone)
        with tools.journal.read() as connection:
            fresh = copies.unknown(connection, places)
    return [done for done in spread(lambda place: take_in_safely(tools, place), fresh) if done]


def _watch_folder(tools: Tools, mailbox: Mailbox) -> None:
    state = mailbox.state(tools.names.inbox)
    now = Seen(state.uidvalidity, state.uidnext, state.count)
    account, folder = mailbox.account, tools.names.inbox
    with tools.journal.write() as connection:
        before, taken = folders.last_seen(connection, account, folder)
        wrong = folders.compare(before, now, taken)
        pulled = wrong and brakes.pull(connection, tools.controller, wrong, "inbox", tools.clock())
        if wrong in RESTORED:
            folders.set_cursor(connection, tools.controller, "restored-mailbox", at=tools.clock())
        if before and before.uidvalidity != now.uidvalidity:
            copies.lose(connection, account, folder, before.uidvalidity)
        folders.note(connection, account, folder, now, tools.clock())
    if before is None:
        for name in tools.names.folders.values():
            mailbox.ensure_folder(name)
    if wrong and pulled:
        raise_alarm(tools, wrong)
    if wrong == "uidnext-fell":
        resight(tools, mailbox, folder)


def take_in_safely(tools: Tools, place: Place) -> Worked | None:
    """One bad mail never blocks the box: whatever fails here is tried at the next round and logged by its code."""
    try:
        return take_in(tools, place)
    except BridgeError as error:
        _log.warning("mail not taken in", code=error.code, uid=place.uid)
        return None
    except Exception as error:  # noqa: BLE001  # its text may hold content; the other mails go on
        _log.error("unforeseen", kind=type(error).__name__, at=place_of(error), uid=place.uid)
        raise_alarm(tools, "mail-unforeseen")
        return None


def take_in(tools: Tools, place: Place) -> Worked | None:
    """Open the case of the mail at a place and work it.

    The same mail seen before is one more copy of its case: it shares the case's fate.
    """
    assert tools.mailbox is not None, "mail comes from a mailbox"  # noqa: S101
    try:
        fetched = tools.mailbox.fetch(place, max_bytes=tools.pace.message_bytes)
    except Vanished:
        return None
    request = as_request(fetched, tools.pace.parts)
    case = _open(tools, fetched, request)
    return work(tools, case, request) if request else _too_large(tools, case)


def _open(tools: Tools, fetched: Fetched, request: Request | None) -> Case:
    new, message_id = _new_case(tools, fetched, request)
    with tools.journal.write() as connection:
        case = cases.open_case(connection, new, tools.clock())
        cases.change(
            connection, case.id, tools.clock()
        )  # whoever ends the case now waits, and sees this copy
        copy = copies.add(connection, case.id, fetched.place, tools.clock())
        if copy.state == copies.PRESENT:
            cases.reopen(connection, case.id, tools.clock())
        if message_id:
            threads.add_message(connection, tools.secrets.message(message_id), case.id)
    return case


def _new_case(tools: Tools, fetched: Fetched, request: Request | None) -> tuple[NewCase, str]:
    place, secrets = fetched.place, tools.secrets
    known = (tools.controller, "mail", fetched.received)
    if request is None or fetched.raw is None:
        # Too large to be read: its place stands in for its identity.
        parts = ("oversized", place.account, place.folder, str(place.uidvalidity), place.uid)
        ref = secrets.identity(*(part.encode() for part in parts))
        return NewCase(ref, *known, sender=None, digest=None, size=fetched.size), ""
    ref = mail_ref(tools, fetched.raw)
    sender = request.message.sender
    hashed = secrets.sender(sender.email) if sender and sender.email else None
    size, digest = fetched.size, secrets.digest(fetched.raw)
    salts = secrets.case_salts(ref, tools.clock().year)
    new = NewCase(ref, *known, sender=hashed, digest=digest, size=size, salts=salts)
    return new, request.message.message_id


def _too_large(tools: Tools, case: Case) -> Worked | None:
    if case.state != "new":
        return None
    plan = Plan("", 0, "", "other", "workflow", None, (Step("park", "park", {"code": "message-too-large"}),))
    with tools.journal.write() as connection:
        cases.change(connection, case.id, tools.clock(), plan=plan.as_json(), category="other")
        found = cases.by_id(connection, case.id)
    return work(tools, found) if found else None
