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
from bridge.act.base import Job, Kind, StepError, Tools
from bridge.act.create import Create
from bridge.journal import brakes, folders, threads
from bridge.plan import Step

ERASED_BEFORE = "erased-before"


def recall(job: Job, step: Step, kind: Kind) -> Mapping[str, Any] | None:
    """Look for a step that has no receipt and may have been done all the same; its receipt's contents, or None.

    A ticket is looked for whenever the request is older than this run of the program, since the journal may have been
    restored without anybody's telling. Finding one proves that, and pulls the brake. Articles and answers are looked at
    only once a restore of the journal is known.
    """
    tools = job.tools
    if isinstance(kind, Create) and _older(job, tools.started):
        found = kind.probe(job, step, {})
        if found is not None and restored(tools, "journal") is None:
            note_restore(tools, "journal", "journal-restored")
        return found
    if not _older(job, restored(tools, "journal")):
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


def erased_before(job: Job) -> bool:
    """Tell whether the log says that this request, which the journal sees for the first time, is erased already."""
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
