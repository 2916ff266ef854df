"""Erase tickets that a lost answer made twice: same BridgeRef, untouched, and not the one that is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bridge.act.alarm import raise_alarm
from bridge.act.base import Deed, Job, StepError
from bridge.act.fingerprint import fingerprint
from bridge.erasure import TicketErasure, erase_ticket
from bridge.journal import brakes, claims, receipts, threads
from bridge.journal.threads import KnownTicket
from bridge.otrs.model import Ticket
from bridge.plan import Step


def erase_twins(job: Job, step: Step, twins: Sequence[int]) -> None:
    """Erase each twin, verified and logged like any erasure. Raises StepError for one that somebody has touched."""
    for twin in twins:
        ticket = job.tools.otrs.get_ticket(twin, articles=True, attachments=True)
        if len(ticket.articles) > 1:
            raise_alarm(job.tools, "twin-touched", job.case.id)
            raise StepError("A double of the ticket is in use.", code="create.twin-touched", permanent=True)
        _erase(job, step, ticket)


def _erase(job: Job, step: Step, twin: Ticket) -> None:
    names = job.tools.names
    digests = fingerprint(twin, job.tools.secrets.digest)
    erasure = TicketErasure(
        client=job.tools.otrs,
        ticket_id=twin.ticket_id,
        queue=names.queues["erasing"],
        field=names.fields["erase"],
        value=names.erase_value,
        control_title=names.control_title,
        expected=digests,
        fingerprint=lambda ticket: fingerprint(ticket, job.tools.secrets.digest),
    )
    progress = _TwinProgress(job, step, twin)
    progress.log("intended")
    ended = erase_ticket(erasure, progress)
    progress.log(ended.result, ended.code)
    if ended.result != "verified":
        raise StepError("A double of the ticket could not be erased yet.", code=f"twin-{ended.result}")


class _TwinProgress:
    def __init__(self, job: Job, step: Step, twin: Ticket) -> None:
        self._job, self._twin = job, twin
        self._prefix = f"twin-{twin.ticket_id}"
        known = (job.case.id, job.tools.names.instance, twin.ticket_id, twin.number, step.args["role"])
        with job.tools.journal.write() as connection:
            threads.add_ticket(connection, KnownTicket(*known, 0, "erased"))

    def marked(self, phase: str) -> Mapping[str, Any] | None:
        found = self._job.receipts.get(f"{self._prefix}-{phase}")
        return found.attrs if found else None

    def mark(self, phase: str, attrs: Mapping[str, Any]) -> None:
        job, key = self._job, f"{self._prefix}-{phase}"
        with job.tools.journal.write() as connection:
            job.receipts[key] = receipts.put(connection, job.case.id, key, "done", job.now(), attrs)
        if phase == "erased":
            self.log("executed")

    def may_go_on(self) -> str | None:
        job, tools = self._job, self._job.tools
        if not tools.erase_on():
            return "erase-off"
        with tools.journal.write() as connection:
            claims.renew(connection, job.case.id, tools.owner, job.now(), tools.pace.lease_seconds)
            return brakes.stop_code(connection, tools.controller, tools.run, tools.limits, job.now())

    def log(self, event: str, code: str = "") -> None:
        """Log an event of the twin's erasure, once."""
        job, key = self._job, f"{self._prefix}-log-{event}"
        if self.marked(f"log-{event}") is not None:
            return
        names = job.tools.names
        deed = Deed(
            event=event,
            place=("otrs", names.instance, self._twin.queue),
            method="otrs-erasing-job",
            level="by-control" if event == "verified" else "",
            code=code,
            original=("ticket", self._twin.number),
        )
        with job.tools.journal.write() as connection:
            if event == "intended":
                brakes.begin(
                    connection, job.tools.controller, job.case.id, self._prefix, job.tools.run, job.now()
                )
            job.tools.log.append(connection, job.case, deed, job.now())
            job.receipts[key] = receipts.put(connection, job.case.id, key, "done", job.now(), {})
