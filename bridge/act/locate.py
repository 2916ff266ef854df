"""Find what is to be erased wherever it lies by now, and let the case's follow-ups share its fate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from bridge.act.base import Job
from bridge.act.conversation import seen_key
from bridge.act.fingerprint import fingerprint
from bridge.act.marks import Setting
from bridge.journal import cases, copies, receipts, threads
from bridge.journal.cases import Case
from bridge.message.model import Place
from bridge.otrs.errors import AccessDenied
from bridge.plan import Plan, Step


class Locate(Setting):
    """Look for the mail in every listed folder, by size and digest, and note each place; full tickets likewise.

    A mail that is nowhere and whose retention period is over was expunged by a deletion run. Within it somebody took
    it away: its last place counts as present, so that its erasure ends as unverifiable.
    """

    def act(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Look; nothing is changed outside."""
        found = [_plain(place) for place in _mails(job)]
        tickets = [one for one in (_full(job, ticket_id) for ticket_id in step.args["tickets"]) if one]
        return {"mails": found, "tickets": tickets}

    def verify(self, job: Job, step: Step, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Nothing was changed, so there is nothing to read back."""
        return attrs

    def settle(self, connection: Connection, job: Job, step: Step, attrs: Mapping[str, Any]) -> None:
        """Write the places down as copies of the case's original, each with what the ticket looked like."""
        for kind, account, folder, uidvalidity, uid in attrs["mails"]:
            _present(connection, job, Place(kind, account, folder, uidvalidity, uid))
        if not attrs["mails"]:
            _miss(connection, job, step)
        for ticket_id, queue, seen in attrs["tickets"]:
            _present(connection, job, Place("otrs", job.tools.names.instance, queue, 0, str(ticket_id)))
            if seen_key(ticket_id) not in job.receipts:
                attrs_seen = {"articles": seen}
                kept = receipts.put(
                    connection, job.case.id, seen_key(ticket_id), "done", job.now(), attrs_seen
                )
                job.receipts[seen_key(ticket_id)] = kept


def _plain(place: Place) -> list[Any]:
    return [place.kind, place.account, place.folder, place.uidvalidity, place.uid]


def _mails(job: Job) -> Iterator[Place]:
    tools, case = job.tools, job.case
    if case.source == "otrs" or tools.mailbox is None or case.size is None:
        return
    for folder in tools.mailbox.folders():
        yield from tools.mailbox.find(
            folder, size=case.size, matches=lambda raw: tools.secrets.digest(raw) == case.digest
        )


def _full(job: Job, ticket_id: int) -> list[Any] | None:
    try:
        ticket = job.tools.otrs.get_ticket(ticket_id, articles=True, attachments=True)
    except AccessDenied:
        return None
    return [ticket_id, ticket.queue, fingerprint(ticket, job.tools.secrets.digest)]


def _present(connection: Connection, job: Job, place: Place) -> None:
    copy = copies.add(connection, job.case.id, place, job.now())
    if copy.state != "erased":
        copies.mark(connection, copy.id, copies.PRESENT)


def _miss(connection: Connection, job: Job, step: Step) -> None:
    known = [one for one in copies.of_case(connection, job.case.id) if one.place.kind != "otrs"]
    if any(one.state in {copies.PRESENT, "erased"} for one in known):
        return
    moved = [receipt.at for key, receipt in job.receipts.items() if key.startswith("file") and receipt.done]
    period = dt.timedelta(days=step.args["keep_days"])
    expired = bool(moved and period) and job.now() - max(moved) >= period
    if known and not expired:
        copies.mark(connection, known[-1].id, copies.PRESENT)


class Joined(Setting):
    """Let every follow-up that went into the case's tickets go the new way too, each with receipts of its own."""

    def act(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Nothing happens outside the journal."""
        return {}

    def verify(self, job: Job, step: Step, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Nothing to read back."""
        return attrs

    def settle(self, connection: Connection, job: Job, step: Step, attrs: Mapping[str, Any]) -> None:
        """Give each follow-up its new plan; the next round takes it up."""
        for case in cases.joined_to(connection, job.case.id):
            if case.plan and case.source != "otrs" and not _has_own_tickets(connection, case):
                _turn(connection, job, step, case)


def _has_own_tickets(connection: Connection, case: Case) -> bool:
    return bool(threads.of_case(connection, case.id))


def _turn(connection: Connection, job: Job, step: Step, case: Case) -> None:
    plan, done = Plan.from_json(case.plan or {}), receipts.of_case(connection, case.id)
    kept = tuple(one for one in plan.steps if one.key in done and done[one.key].done)
    if any(one.kind == "erase" for one in kept):
        return
    suffix = step.key.removeprefix("joined")
    approved = step.args.get("approved", "")
    after = [] if approved else _hand_over(suffix)
    erase: dict[str, Any] = {"receipts": [one.key for one in after], "until": "immediately"}
    erase |= {"approved": approved} if approved else {}
    locate = Step(f"locate{suffix}", "locate", {"tickets": [], "keep_days": step.args["keep_days"]})
    steps = (*kept, *after, locate, Step(f"erase{suffix}", "erase", erase))
    head = (job.plan.workflow, job.plan.version, job.plan.digest, job.plan.category, job.plan.cause)
    new = Plan(*head, plan.due, steps)
    again = {"state": "waiting", "code": "turned", "next_attempt": job.now(), "finished": None, "attempts": 0}
    cases.change(connection, case.id, job.now(), plan=new.as_json(), category=job.plan.category, **again)


def _hand_over(suffix: str) -> list[Step]:
    return [
        Step(f"append{suffix}", "append", {"role": "handover", "as": "handover"}),
        Step(f"append-stub{suffix}", "append", {"role": "stub", "as": "redacted"}),
    ]
