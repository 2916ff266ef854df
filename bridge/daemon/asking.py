"""Carry out what a person asked for: a new plan for the case, or no more than a word on the ticket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from bridge.act import turn
from bridge.act.base import Job, Tools
from bridge.act.decision import decide_as
from bridge.act.extension import NotExtendedError, extended
from bridge.act.fingerprint import fingerprint
from bridge.act.load import OriginalGoneError, load_request
from bridge.act.marks import Mark, living
from bridge.act.turn import Before
from bridge.daemon.ordered import APPROVED, deed_of, order_erasure
from bridge.i18n import language
from bridge.journal import cases, claims, copies, fingerprints, people, receipts, threads
from bridge.journal.cases import Case
from bridge.journal.claims import LeaseLostError
from bridge.journal.receipts import Receipt
from bridge.journal.wishes import TURN, turns_of
from bridge.plan import PERSONAL, Plan


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants of a case: `wish` is category, rejected, approved-erasure, or a value of the action field.

    `ticket_id` is where it was asked for, 0 for nowhere in OTRS; `category` goes with the wish of that name, `months`
    and `reason` with extend; the `reason` of an approved erasure is the role of who approved.
    """

    case_id: int
    ticket_id: int
    wish: str
    category: str = ""
    months: int = 2
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A new plan, what else changes in the case in the same transaction, and the log's event, if any.

    `articles` is what the original born in OTRS looks like now, which is what will be handed over.
    """

    plan: Plan
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    logged: str = ""
    articles: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """No new plan: what changes in the case, and what the ticket shows; `category` is put back to that."""

    reason: str
    state: str = ""
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    logged: str = ""
    category: str = ""


def carry_out(tools: Tools, asked: Asked, keep_days: int = 0) -> bool | None:
    """Do it; True when the case has to go on, None when it has to be looked at again later.

    The case is claimed meanwhile. While a step was sent and its end is unclear, the case first has to come to know it.
    A hold doesn't wait for that.
    """
    if asked.wish == "hold":
        with tools.journal.write() as connection:
            people.ask(connection, asked.case_id, "hold", tools.clock())
    tools = tools.claimant()
    with tools.journal.write() as connection:
        if not claims.claim(connection, asked.case_id, tools.owner, tools.clock(), tools.pace.lease_seconds):
            return None
    try:
        with language(tools.wording.language):
            return _carry_out(tools, asked, keep_days)
    finally:
        with tools.journal.write() as connection:
            claims.release(connection, asked.case_id, tools.owner)


def _carry_out(tools: Tools, asked: Asked, keep_days: int) -> bool | None:
    with tools.journal.read() as connection:
        case = cases.by_id(connection, asked.case_id)
        known = receipts.of_case(connection, asked.case_id)
    if case is None or _under_way(case, known):
        return None
    empty = Plan("", 0, "", case.category or "", "workflow", case.due, ())
    plan = Plan.from_json(case.plan) if case.plan else empty
    job = Job(tools, case, plan, lambda: load_request(tools, case), known)
    before = _before(job, asked, keep_days)
    answer = _ANSWERS[asked.wish](At(job, before, asked))
    if isinstance(answer, Say):
        _say(job, before, answer)
        return bool(answer.values)
    _turn(job, before, asked, answer)
    return True


def _under_way(case: Case, known: Mapping[str, Receipt]) -> bool:
    """Tell whether something may just be happening at a server: sent, and no receipt yet."""
    unclear = any(not one.done for one in known.values())
    return case.state in cases.OPEN and (unclear or case.plan is None or not turns_of(known).settled)


def _before(job: Job, asked: Asked, keep_days: int) -> Before:
    with job.tools.journal.read() as connection:
        tickets = threads.of_case(connection, job.case.id)
        places = copies.of_case(connection, job.case.id)
    own = [one for one in places if (one.place.kind == "otrs") == (job.case.source == "otrs")]
    return Before(
        plan=job.plan,
        number=turns_of(job.receipts).count + 1,
        done={key: one.attrs for key, one in job.receipts.items() if one.done},
        tickets=tickets,
        mail=job.case.source != "otrs",
        erased=bool(own) and all(one.state == "erased" for one in own),
        asked_on=asked.ticket_id,
        keep_days=keep_days,
    )


def _turn(job: Job, before: Before, asked: Asked, answer: Turn) -> None:
    """Put plan, turn and what goes with it into the journal in one transaction."""
    tools, case, plan, now = job.tools, job.case, answer.plan, job.now()
    attrs = {"from": case.category or "", "to": plan.category, "wish": asked.wish, "ticket": asked.ticket_id}
    again = {"state": "waiting", "code": "turned", "next_attempt": now, "finished": None, "attempts": 0}
    values = {
        **again,
        "plan": plan.as_json(),
        "category": plan.category or None,
        "due": plan.due,
        **answer.values,
    }
    seen = _shown(job) if plan.category != case.category else {}
    with tools.journal.write() as connection:
        _still_ours(tools, cases.by_id(connection, case.id))
        receipts.put(connection, case.id, f"{TURN}{before.number}", "done", now, {**attrs, "seen": seen})
        cases.change(connection, case.id, now, **values)
        if asked.wish == APPROVED:
            fingerprints.forget_case(connection, case.id)
        if answer.articles is not None:
            receipts.put(connection, case.id, "seen", "done", now, {"articles": dict(answer.articles)})
        if answer.logged:
            tools.log.append(connection, case, deed_of(connection, job, before, answer.logged), now)


def _say(job: Job, before: Before, answer: Say) -> None:
    """Change the case, then tell it on the ticket and clear the action. A crash in between is told at the next look."""
    tools, case, now = job.tools, job.case, job.now()
    if answer.values:
        with tools.journal.write() as connection:
            _still_ours(tools, cases.by_id(connection, case.id))
            cases.change(connection, case.id, now, **answer.values)
            if answer.logged:
                tools.log.append(connection, case, deed_of(connection, job, before, answer.logged), now)
    step = turn.mark(before, answer.reason, answer.state, answer.category)
    Mark().verify(job, step, Mark().act(job, step))


def _still_ours(tools: Tools, case: Case | None) -> None:
    if case is None or case.lease_owner != tools.owner:
        raise LeaseLostError("Another worker has this case now.")


def _shown(job: Job) -> dict[str, str]:
    """Read which category each ticket of the case shows now, so that an old one is not taken for a new wish."""
    found = job.tools.otrs.get_tickets([one.ticket_id for one in living(job)])
    name = job.tools.names.fields["category"]
    return {str(one.ticket_id): one.fields.get(name, "") for one in found.values()}


@dataclass(frozen=True, slots=True)
class At:
    """Where a person asked for something: the case in hand, how it stood before, and the wish."""

    job: Job
    before: Before
    asked: Asked


def _category(at: At, reason: str = "category-changed") -> Turn | Say:
    """Go the way of another category; what was handed over wrongly is taken back."""
    job, before, category = at.job, at.before, at.asked.category
    try:
        fresh = decide_as(job, category, born_in_otrs=not before.mail and not before.erased)
    except OriginalGoneError:
        return Say("original-gone", category=job.case.category or "")
    undone = before.living("handover") is not None and category not in PERSONAL
    if undone and before.erased and reason == "category-changed":
        reason = "restored"
    plan = turn.another_way(before, fresh, reason)
    head = {
        "workflow": plan.workflow,
        "workflow_version": plan.version,
        "decided_by": "person",
        "confidence": 1.0,
    }
    values, logged = {**head, **_on_hold(job)}, "override" if undone else ""
    if before.mail or before.erased:
        return Turn(plan, values, logged)
    values["digest"] = job.tools.secrets.digest(job.request.original)
    ticket = job.tools.otrs.get_ticket(int(job.request.place.uid), articles=True, attachments=True)
    return Turn(plan, values, logged, fingerprint(ticket, job.tools.secrets.digest))


def _on_hold(job: Job) -> dict[str, Any]:
    """Keep a case on hold that people put on hold: its new way begins when they release it."""
    by_person = job.case.state == "held" and job.case.code in {"hold-by-person", "hold-in-ticket"}
    return {"state": "held", "code": job.case.code, "next_attempt": None} if by_person else {}


def _forward(at: At) -> Turn | Say:
    if at.before.living("handover"):
        return Say("already-forwarded")
    category = at.job.case.category if at.job.case.category in PERSONAL else "membership"
    return _category(replace(at, asked=replace(at.asked, category=category or "")), "forwarded")


def _to_admins(at: At) -> Turn | Say:
    before = at.before
    if before.living("admins"):
        return Say("already-admins")
    if before.living("handover") or not (before.living("full") or before.living("original")):
        return Say("not-for-admins")
    return Turn(turn.to_admins(before), _on_hold(at.job))


def _hold(at: At) -> Turn | Say:
    if at.job.case.state != "held":
        return Say("nothing-to-hold")
    # What was held for another reason stays so: its release must go on from there.
    fresh = at.job.case.code == "hold-by-person"
    code = "hold-in-ticket" if fresh else at.job.case.code
    values = {"state": "held", "code": code, "next_attempt": None}
    return Say("held", "held", values, "hold" if fresh and at.job.plan.erases else "")


def _release(at: At) -> Turn | Say:
    case = at.job.case
    if case.state not in {"held", "parked"}:
        return Say("nothing-to-release")
    if case.state == "parked":
        with at.job.tools.journal.write() as connection:
            people.ask(connection, case.id, "retry", at.job.now())
        return Say("released", values={"next_attempt": at.job.now()})
    values = {"state": "waiting", "code": f"released:{case.code}"[:60], "attempts": 0, "next_attempt": None}
    return Say("released", "taken", values, "released" if at.job.plan.erases else "")


def _erase_now(at: At) -> Turn | Say:
    if at.before.erased and not at.before.living("full"):
        return Say("nothing-to-erase")
    order_erasure(at.job, at.asked.ticket_id)
    return Say("erasing-ordered")


def _approved(at: At) -> Turn | Say:
    return Turn(turn.erase_now(at.before, at.asked.reason), _on_hold(at.job))


def _extend(at: At) -> Turn | Say:
    job, asked = at.job, at.asked
    workflow = job.tools.workflows().named(job.plan.workflow)
    reason = asked.reason or asked.wish.removeprefix("extend-")
    try:
        plan = extended(at.before, job.case.received, workflow, asked.months, reason, job.now())
    except NotExtendedError:
        if not asked.ticket_id:
            raise
        return Say("not-extended")
    return Turn(plan, _on_hold(job))


def _rejected(at: At) -> Turn | Say:
    """Bring a request back that membership management did not take: a person in support decides anew."""
    return _category(replace(at, asked=replace(at.asked, category="other")), "rejected")


_ANSWERS: Mapping[str, Callable[[At], Turn | Say]] = {
    "category": _category,
    "forward": _forward,
    "to-admins": _to_admins,
    "hold": _hold,
    "release": _release,
    "erase-now": _erase_now,
    "extend-complexity": _extend,
    "extend-number": _extend,
    "extend": _extend,
    "rejected": _rejected,
    APPROVED: _approved,
}
WISHES = frozenset(_ANSWERS)

__all__ = ["WISHES", "Asked", "carry_out"]
