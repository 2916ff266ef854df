"""Run the steps of a plan: probe -> act -> verify, a receipt for each, nothing done without a lease."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import structlog

from bridge.act.accreditation import Accreditation, Hint
from bridge.act.adopt import Adopt
from bridge.act.answer import AnswerSender
from bridge.act.append import Append
from bridge.act.base import Done, Held, Job, Kind, Outcome, Parked, Waiting
from bridge.act.close import Close
from bridge.act.conversation import Conversation
from bridge.act.create import Create
from bridge.act.erase import erase
from bridge.act.locate import Joined, Locate
from bridge.act.marks import Hide, Mark, Pending, Place, TakeBack, Unhide
from bridge.act.move import Move
from bridge.act.note import Note
from bridge.act.outage import away, is_outage
from bridge.act.remark import Remark
from bridge.act.restored import recall
from bridge.errors import BridgeError
from bridge.journal import claims, receipts
from bridge.journal.claims import LeaseLostError
from bridge.plan import Step

KINDS: dict[str, Kind] = {
    "create": Create(),
    "append": Append(),
    "adopt": Adopt(),
    "note": Note(),
    "answer": AnswerSender(),
    "move": Move(),
    "close": Close(),
    "mark": Mark(),
    "remark": Remark(),
    "place": Place(),
    "hide": Hide(),
    "unhide": Unhide(),
    "take-back": TakeBack(),
    "conversation": Conversation(),
    "locate": Locate(),
    "joined": Joined(),
    "pending": Pending(),
    "accreditation": Accreditation(),
    "hint": Hint(),
}

_log = structlog.get_logger(__name__)


def run_plan(job: Job) -> Outcome:
    """Run all steps in order and stop at the first that does not end in Done."""
    for step in job.plan.steps:
        outcome = run_step(job, step)
        if not isinstance(outcome, Done):
            return outcome
    return Done()


def run_step(job: Job, step: Step) -> Outcome:
    """Run one step, turning foreseen failures into an outcome. LeaseLostError passes: the case is no longer ours."""
    try:
        return _run_step(job, step)
    except LeaseLostError:
        raise
    except BridgeError as error:
        return failure(job, step, error)


def _run_step(job: Job, step: Step) -> Outcome:
    if job.receipt(step.key):
        return Done()
    if step.kind == "park":
        return Parked(str(step.args["code"]))
    closed = away(job.tools, step)
    if closed:
        return closed
    match step.kind:
        case "erase":
            renew(job)
            return erase(job, step)
        case kind:
            return _probe_act_verify(job, step, KINDS[kind])


def _probe_act_verify(job: Job, step: Step, kind: Kind) -> Outcome:
    """Look whether it is done already, do it, read back that it is done; then, and only then, write the receipt.

    0. Never begun as far as the journal knows, which may have been restored: see bridge.act.restored.
    1. Begun before and unclear: probe. While the server may still be at it, wait rather than send again.
    2. The first attempt is journalled as sent before anything leaves, in one transaction with the lease's renewal;
       a step that may be repeated without harm needs no such mark.
    3. Surely not done (refused, never sent): the `sent` mark is taken back.
    """
    begun = job.receipts.get(step.key)
    if begun is not None:
        renew(job)
        found = kind.probe(job, step, begun.attrs)
        if found is not None:
            return _settle(job, step, kind, kind.verify(job, step, found))
        wait = job.tools.pace.server_timeout - (job.now() - begun.at).total_seconds()
        if wait > 0:
            return Waiting("unclear", min(wait, job.tools.pace.backoff_most) + 0.1, counts=False)
    elif (found := recall(job, step, kind)) is not None:
        renew(job)
        return _settle(job, step, kind, kind.verify(job, step, found))
    if kind.repeatable:
        renew(job)
    else:
        _mark_sent(job, step, kind.intend(job, step))
    try:
        attrs = kind.act(job, step)
    except BridgeError as error:
        if getattr(error, "outcome", "") in {"not-sent", "refused"}:
            _withdraw(job, step)
        raise
    return _settle(job, step, kind, kind.verify(job, step, attrs))


def renew(job: Job) -> None:
    """Make sure before every act that the case is still ours and nobody holds it. Raises LeaseLostError."""
    tools = job.tools
    with tools.journal.write() as connection:
        claims.renew(connection, job.case.id, tools.owner, job.now(), tools.pace.lease_seconds)


def _mark_sent(job: Job, step: Step, intended: Mapping[str, Any]) -> None:
    tools = job.tools
    with tools.journal.write() as connection:
        claims.renew(connection, job.case.id, tools.owner, job.now(), tools.pace.lease_seconds)
        kept = receipts.put(connection, job.case.id, step.key, "sent", job.now(), intended)
    job.receipts[step.key] = kept


def _withdraw(job: Job, step: Step) -> None:
    with job.tools.journal.write() as connection:
        receipts.withdraw(connection, job.case.id, step.key)
    job.receipts.pop(step.key, None)


def _settle(job: Job, step: Step, kind: Kind, attrs: Mapping[str, Any]) -> Outcome:
    with job.tools.journal.write() as connection:
        kept = receipts.put(connection, job.case.id, step.key, "done", job.now(), attrs)
        kind.settle(connection, job, step, attrs)
    job.receipts[step.key] = kept
    return Done()


def failure(job: Job, step: Step, error: BridgeError) -> Outcome:
    """Sort a failure: an outage waits without counting, a permanent one parks, the rest is tried again."""
    gone = is_outage(job.tools, error)
    if gone:
        return gone
    outage = getattr(error, "outcome", "") == "not-sent" and not error.permanent
    _log.info("step failed", case=job.case.id, step=step.key, code=error.code, permanent=error.permanent)
    if error.permanent:
        return Parked(error.code)
    if not outage and job.case.attempts + 1 >= job.tools.pace.attempts:
        return Parked(error.code)
    return Waiting(error.code, backoff(job), counts=not outage)


def backoff(job: Job) -> float:
    """Return seconds until the next attempt: doubled each time, bounded, jittered by a quarter."""
    pace = job.tools.pace
    plain = min(pace.backoff * 2.0 ** min(job.case.attempts, 20), pace.backoff_most)
    return plain * random.uniform(0.75, 1.25)  # noqa: S311  # only spreads load


__all__ = ["Held", "backoff", "failure", "renew", "run_plan", "run_step"]
