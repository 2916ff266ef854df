"""Gather what the decision needs, then decide (bridge.plan, pure): classification, thread, caps."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sqlalchemy import Connection

from bridge.act.accreditation import with_look
from bridge.act.base import Job, StepError, Tools
from bridge.act.fingerprint import fingerprint
from bridge.classify import UNREAD, Classification, classify
from bridge.classify.headers import is_automatic
from bridge.journal import answers, cases, claims, receipts, threads
from bridge.message.model import Message
from bridge.message.text import ticket_number
from bridge.plan import Plan, Situation, Step, Thread, decide, facts_of
from bridge.redact import kinds_of
from bridge.workflow.condition import Facts
from bridge.workflow.model import Workflows

# Defects of bridge.message.parse with which a part of the request would be lost from sight.
UNREADABLE = {"too-many-parts": "message-too-many-parts", "unparsable": "message-unparsable"}


def decide_for(job: Job) -> Plan:
    """Classify the request and lay out its plan."""
    tools, message = job.tools, job.message
    _require_whole(message)
    classification = _classified(tools, message)
    workflows = tools.workflows()
    facts = _facts(job, classification, workflows)
    with tools.journal.read() as connection:
        situation = _situation(connection, job, facts)
    job.decided = {"confidence": classification.confidence, "decided_by": classification.decided_by}
    if situation.thread:
        job.decided["joined"] = situation.thread.case_id
        job.case = replace(job.case, joined=situation.thread.case_id)
    return _with_look(tools, decide(facts, workflows, situation, job.case.received))


def decide_as(job: Job, category: str, *, born_in_otrs: bool) -> Plan:
    """Lay out the plan for a category that a person has set, whatever the classification says.

    It goes its own way, also where the request had joined another case before.
    """
    tools = job.tools
    workflows = tools.workflows()
    found = _classified(tools, job.message)
    certain = replace(found, category=category, confidence=1.0, review=False, runner_up=None)
    facts = _facts(job, certain, workflows)
    if facts.source == "otrs" and not born_in_otrs:
        facts = replace(facts, source="mail")
    with tools.journal.read() as connection:
        situation = replace(_situation(connection, job, facts), thread=None)
    return _with_look(tools, decide(facts, workflows, situation, job.case.received))


def _with_look(tools: Tools, plan: Plan) -> Plan:
    return with_look(plan) if tools.people is not None else plan


def _classified(tools: Tools, message: Message) -> Classification:
    """Classify; below the confidence that the operator wants a person decides."""
    found = classify(message, own_addresses=tools.wording.own_addresses, model=tools.model)
    unsure = found.confidence < tools.review_below and found.category not in UNREAD
    return replace(found, review=True) if unsure else found


def _facts(job: Job, classification: Classification, workflows: Workflows) -> Facts:
    message = job.message
    return facts_of(
        classification,
        sender_domain=(message.sender.email.rpartition("@")[2].lower() if message.sender else ""),
        has_attachments=bool(message.attachments),
        contains=_contains(message, workflows),
        source=_source(job),
        subject=message.subject,
        received=job.case.received.astimezone(),
    )


def _require_whole(message: Message) -> None:
    """Refuse what could not be read as a whole: a person looks at it. Raises StepError, permanent."""
    for defect, code in UNREADABLE.items():
        if defect in message.defects:
            raise StepError("The mail can't be read as a whole.", code=code, permanent=True)


def _source(job: Job) -> str:
    if job.case.source == "otrs":
        return "otrs"
    return "form" if job.message.headers.get("x-otrs-bridge-form") else "mail"


def _contains(message: Message, workflows: Workflows) -> frozenset[str]:
    """Look for kinds of personal data only where a workflow asks for them."""
    if not any(workflow.when.contains for workflow in workflows):
        return frozenset()
    return frozenset(kinds_of(message))


def _situation(connection: Connection, job: Job, facts: Facts) -> Situation:
    tools, message, sender = job.tools, job.message, job.case.sender
    now = job.now()
    week = now - dt.timedelta(days=tools.pace.answer_days)
    answered = sender is not None and answers.answered(connection, tools.controller, sender, week)
    hour = now - dt.timedelta(hours=1)
    flooded = answers.count(connection, tools.controller, hour) >= tools.pace.answers_per_hour
    return Situation(
        source=facts.source,
        answerable=_answerable(job, message),
        answered=answered or flooded,
        thread=_thread(connection, job),
        language=facts.language,
    )


def _answerable(job: Job, message: Message) -> bool:
    to = (message.reply_to or ((message.sender,) if message.sender else ()))[:1]
    own = {address.lower() for address in job.tools.wording.own_addresses}
    return bool(to and to[0].email and to[0].email.lower() not in own and is_automatic(message) is None)


def _thread(connection: Connection, job: Job) -> Thread | None:
    """Find the case that a follow-up belongs to: by a known Message-ID, or by ticket number and the case's sender."""
    tools, message = job.tools, job.message
    if job.case.source == "otrs":
        return None
    nearest = (*message.in_reply_to, *reversed(message.references))
    found = threads.case_of_messages(
        connection, [tools.secrets.message(one) for one in nearest], tools.controller
    )
    number = ticket_number(message.subject, tools.names.ticket_hook)
    if found is None and number and job.case.sender:
        found = threads.case_of_number(connection, tools.names.instance, number, job.case.sender)
    if found is None or found == job.case.id:
        return None
    return _thread_of(connection, found)


def _thread_of(connection: Connection, case_id: int) -> Thread | None:
    """Follow a joined case to the one that has the tickets."""
    for _ in range(20):
        case = cases.by_id(connection, case_id)
        if case is None:
            return None
        roles = frozenset(t.role for t in threads.of_case(connection, case_id) if t.state not in threads.GONE)
        if roles or case.joined is None:
            return Thread(case_id, roles)
        case_id = case.joined
    return None


def take_addition(job: Job) -> Plan:
    """Lay out how a released case goes on whose original was added to after the hand-over.

    What was added is handed over and noted in the stub as well; then the original is erased as it stands now.
    """
    tools, case = job.tools, job.case
    if case.source != "otrs":
        return _take_conversation(job)
    ticket = tools.otrs.get_ticket(int(job.request.place.uid), articles=True, attachments=True)
    number = 1 + sum(step.kind == "erase" for step in job.plan.steps)
    handover, stub = f"append-{number}", f"append-stub-{number}"
    more = (
        Step(handover, "append", {"role": "handover", "as": "handover"}),
        Step(stub, "append", {"role": "stub", "as": "redacted"}),
        Step(f"erase-{number}", "erase", {"receipts": [handover, stub], "until": "immediately"}),
    )
    seen = {"articles": fingerprint(ticket, tools.secrets.digest)}
    with tools.journal.write() as connection:
        job.receipts["seen"] = receipts.put(connection, case.id, "seen", "done", job.now(), seen)
        cases.change(connection, case.id, job.now(), digest=tools.secrets.digest(job.request.original))
    kept = tuple(step for step in job.plan.steps if job.receipt(step.key))
    return replace(job.plan, steps=(*kept, *more))


def _take_conversation(job: Job) -> Plan:
    """Hand over again what a full ticket says by now, then erase it as it stands."""
    with job.tools.journal.read() as connection:
        full = [
            t for t in threads.of_case(connection, job.case.id) if t.role == "full" and t.state != "erased"
        ]
    number = 1 + sum(step.kind == "erase" for step in job.plan.steps)
    more = [
        Step(
            f"conversation-{t.ticket_id}-a{number}",
            "conversation",
            {"role": "handover", "ticket": t.ticket_id},
        )
        for t in full
    ]
    erase = {"receipts": [step.key for step in more], "until": "immediately"}
    kept = (step for step in job.plan.steps if job.receipt(step.key))
    return replace(job.plan, steps=(*kept, *more, Step(f"erase-a{number}", "erase", erase)))


def keep_plan(job: Job) -> None:
    """Write the plan into the journal before its first step."""
    plan = job.plan
    head = {
        "category": plan.category,
        "workflow": plan.workflow,
        "workflow_version": plan.version,
        **job.decided,
    }
    job.case = replace(
        job.case, category=plan.category, workflow=plan.workflow, workflow_version=plan.version
    )
    tools, now = job.tools, job.now()
    with tools.journal.write() as connection:
        claims.renew(connection, job.case.id, tools.owner, now, tools.pace.lease_seconds)
        cases.change(connection, job.case.id, now, state="working", plan=plan.as_json(), due=plan.due, **head)
