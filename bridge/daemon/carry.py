"""Carry what admins answer visibly in the redacted ticket over to the full one, and have it sent from there."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from bridge.act.base import Done, Job, Tools
from bridge.act.load import load_request
from bridge.act.runner import run_step
from bridge.journal import cases, claims, folders, receipts, threads
from bridge.journal.cases import Case
from bridge.journal.threads import KnownTicket
from bridge.otrs.errors import AccessDenied
from bridge.otrs.model import Article
from bridge.plan import Plan, Step

OVERLAP = dt.timedelta(minutes=5)  # clocks differ, and a change may be written after our search


def carry_round(tools: Tools) -> int:
    """Look at the admins' tickets that changed since the last round; returns how many answers were carried over."""
    now = tools.clock()
    with tools.journal.read() as connection:
        known = {t.ticket_id: t for t in threads.by_role(connection, tools.names.instance, "admins")}
        _number, since = folders.cursor(connection, tools.names.instance, "admins-changed")
    if not known:
        return 0
    criteria: dict[str, object] = {"Queues": [tools.names.queues["admins"]]}
    if since is not None:
        criteria["TicketLastChangeTimeNewerDate"] = tools.otrs.local_time(since - OVERLAP)
    changed = set(tools.otrs.search_all(criteria)) & set(known)
    carried = sum(_carry(tools, known[ticket_id]) for ticket_id in sorted(changed))
    with tools.journal.write() as connection:
        folders.set_cursor(connection, tools.names.instance, "admins-changed", at=now)
    return carried


def _carry(tools: Tools, ticket: KnownTicket) -> int:
    try:
        found = tools.otrs.get_ticket(ticket.ticket_id, articles=True)
    except AccessDenied:
        return 0
    answers = [a for a in found.articles if a.article_id > ticket.last_article and _is_answer(a)]
    carried = 0
    for answer in answers:
        if not _carry_one(tools, ticket, answer):
            return carried
        carried += 1
    if found.state_type in {"closed", "merged"}:
        with tools.journal.write() as connection:
            threads.set_ticket(connection, tools.names.instance, ticket.ticket_id, state="closed")
    return carried


def _is_answer(article: Article) -> bool:
    return article.visible and article.sender_type == "agent"


def _carry_one(tools: Tools, ticket: KnownTicket, answer: Article) -> bool:
    """Send one answer through the same probe, act, verify as any step; its receipt belongs to the case."""
    tools = tools.claimant()
    with tools.journal.write() as connection:
        case = cases.by_id(connection, ticket.case_id)
        if case is None or not _claim(connection, tools, case):
            return False
        known = receipts.of_case(connection, case.id)
    job = Job(tools, case, _plan(case), lambda: load_request(tools, case), known)
    try:
        outcome = run_step(job, _step(tools, case, ticket, answer))
    finally:
        with tools.journal.write() as connection:
            claims.release(connection, case.id, tools.owner)
    if not isinstance(outcome, Done):
        return False
    with tools.journal.write() as connection:
        instance = tools.names.instance
        threads.set_ticket(connection, instance, ticket.ticket_id, last_article=answer.article_id)
    return True


def _claim(connection: Connection, tools: Tools, case: Case) -> bool:
    return claims.claim(connection, case.id, tools.owner, tools.clock(), tools.pace.lease_seconds)


def _plan(case: Case) -> Plan:
    return Plan.from_json(case.plan) if case.plan else Plan("", 0, "", "technical", "workflow", None, ())


def _step(tools: Tools, case: Case, ticket: KnownTicket, answer: Article) -> Step:
    args = {
        "role": _target(tools, case),
        "as": "carry",
        "ticket": ticket.ticket_id,
        "article": answer.article_id,
    }
    return Step(f"carry-{answer.article_id}", "append", args)


def _target(tools: Tools, case: Case) -> str:
    with tools.journal.read() as connection:
        roles = {t.role for t in threads.of_case(connection, case.id)}
    return "full" if "full" in roles else "original"
