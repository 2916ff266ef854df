"""What a restore makes doubtful: whether a step was done although the journal no longer knows it.

BridgeRef is the same for ever, so a ticket is found again whatever the journal forgot. An answer by SMTP leaves no
trace: after a restore it is left to a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from bridge.act.alarm import raise_alarm
from bridge.act.append import Append
from bridge.act.base import Done, Held, Job, Kind, Outcome, StepError, Tools
from bridge.act.create import Create
from bridge.act.load import PlaceReusedError, look_at, ticket_ref
from bridge.journal import brakes, cases, copies, folders, receipts, threads
from bridge.journal.cases import Case
from bridge.journal.threads import KnownTicket
from bridge.message.model import Place
from bridge.otrs.errors import AccessDenied
from bridge.plan import Step
from bridge.sources.base import UidvalidityChanged

ERASED_BEFORE = "erased-before"
ROLES = ("handover", "stub", "full", "admins", "parked")


def recall(job: Job, step: Step, kind: Kind) -> Mapping[str, Any] | None:
    """Look for a step that has no receipt and may have been done all the same; its receipt's contents, or None.

    A ticket is looked for whenever the request is older than this run of the program, since the journal may have been
    restored without anybody's telling. Finding one proves that, and pulls the brake. Articles and answers are looked at
    only once a restore of the journal is known.
    """
    tools = job.tools
    journal, otrs = restored(tools, "journal"), restored(tools, "otrs")
    if isinstance(kind, Create) and any(_older(job, moment) for moment in (tools.started, journal, otrs)):
        found = kind.probe(job, step, {})
        if found is not None and journal is None and otrs is None:
            note_restore(tools, "journal", "journal-restored")
        return found
    if not _older(job, journal):
        return None
    if step.kind == "answer":
        raise StepError("It is unclear whether the answer went out.", code="answer.unclear", permanent=True)
    if isinstance(kind, Append):
        return kind.probe(job, step, {**kind.intend(job, step), "after": 0})
    return None


def restored(tools: Tools, what: str) -> dt.datetime | None:
    """Return when a restore of `what` (journal, otrs or mailbox) was last noticed; None: never."""
    with tools.journal.read() as connection:
        return folders.cursor(connection, tools.controller, f"restored-{what}")[1]


def note_restore(tools: Tools, what: str, code: str, place: str = "") -> None:
    """Pull the brake that a restore calls for and keep its time; people are told once."""
    now = tools.clock()
    with tools.journal.write() as connection:
        pulled = brakes.pull(connection, tools.controller, code, place or what, now)
        if pulled:
            folders.set_cursor(connection, tools.controller, f"restored-{what}", at=now)
    if pulled:
        raise_alarm(tools, code)


def settled_before(job: Job) -> Outcome | None:
    """Tell what is to become of a request that the journal sees for the first time, or forgot the end of.

    The log says that it is erased: what was brought back waits for `log replay`; what is gone needs nothing more than
    to be remembered. None: it takes its walk.
    """
    told = job.case.code == f"released:{ERASED_BEFORE}" or any(
        key.endswith("-result") for key in job.receipts
    )
    if (
        told
        or (job.plan.steps and not _older(job, restored(job.tools, "journal")))
        or not _erased_before(job)
    ):
        return None
    if _is_there(job.tools, job.case):
        return Held(ERASED_BEFORE)
    _remember(job)
    return Done()


def _is_there(tools: Tools, case: Case) -> bool:
    """Tell whether the original itself lies anywhere: where it was seen, else in any folder that is listed."""
    with tools.journal.read() as connection:
        seen = copies.of_case(connection, case.id, state=copies.PRESENT)
    if any(_at(tools, case, copy.place) for copy in seen):
        return True
    mailbox, size = tools.mailbox, case.size
    if case.source == "otrs" or mailbox is None or size is None:
        return False
    return any(
        mailbox.find(folder, size=size, matches=lambda raw: tools.secrets.digest(raw) == case.digest)
        for folder in mailbox.folders()
    )


def _at(tools: Tools, case: Case, place: Place) -> bool:
    try:
        if place.kind == "otrs":
            return ticket_ref(tools, tools.otrs.get_ticket(int(place.uid))) == case.ref
        return look_at(tools, case, place) is not None
    except (AccessDenied, PlaceReusedError, UidvalidityChanged):
        return False


def _remember(job: Job) -> None:
    """Know the case's tickets again, by BridgeRef, and that its original is gone."""
    tools, case, now = job.tools, job.case, job.now()
    made = {}
    for role in ROLES:
        hits = tools.otrs.find_by_field(tools.names.fields["ref"], tools.secrets.reference(case.ref, role))
        if hits:
            made[role] = tools.otrs.get_ticket(min(hits))
    with tools.journal.write() as connection:
        for role, ticket in made.items():
            known = (case.id, tools.names.instance, ticket.ticket_id, ticket.number, role, 0, "open")
            threads.displace(connection, KnownTicket(*known))
            attrs = {"ticket_id": ticket.ticket_id, "number": ticket.number}
            receipts.put(connection, case.id, role, "done", now, attrs)
            category = ticket.fields.get(tools.names.fields["category"])
            if category and case.category is None:
                cases.change(connection, case.id, now, category=category)
        for copy in copies.of_case(connection, case.id, state=copies.PRESENT):
            copies.mark(connection, copy.id, "erased")


def _erased_before(job: Job) -> bool:
    case, tools = job.case, job.tools
    salts = tools.secrets.case_salts(case.ref)
    kind, number = "mail", ""
    if case.source == "otrs":
        kind, number = "ticket", _number(job)
    with tools.journal.read() as connection:
        return tools.log.erased_under(connection, salts, kind, number) is not None


def _number(job: Job) -> str:
    with job.tools.journal.read() as connection:
        return next((t.number for t in threads.of_case(connection, job.case.id) if t.role == "original"), "")


def _older(job: Job, moment: dt.datetime | None) -> bool:
    return moment is not None and min(job.case.received, job.case.created) <= moment
