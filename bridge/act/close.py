"""End a request born in OTRS: give it its category, close it, keep it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from bridge.act.base import Job, StepError
from bridge.journal import threads
from bridge.plan import Step


class Close:
    """Set category and state in one update. Setting them again does no harm, so nothing has to be probed."""

    repeatable = True

    state = "closed"

    def intend(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Nothing has to be known before."""
        return {}

    def probe(self, job: Job, step: Step, intended: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Nothing to look for: the same update again changes nothing."""
        return None

    def act(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Send the update."""
        ticket_id = int(job.request.place.uid)
        job.tools.otrs.update_ticket(ticket_id, changes=self.changes(job, step), fields=self.marks(job))
        return {"ticket_id": ticket_id}

    def verify(self, job: Job, step: Step, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Read category and queue back."""
        ticket = job.tools.otrs.get_ticket(attrs["ticket_id"])
        wanted = self.marks(job)
        if any(ticket.fields.get(name) != value for name, value in wanted.items()):
            raise StepError("The ticket did not take its fields.", code="close.fields-differ")
        return {**attrs, "number": ticket.number}

    def settle(self, connection: Connection, job: Job, step: Step, attrs: Mapping[str, Any]) -> None:
        """Know the ticket's state."""
        threads.set_ticket(connection, job.tools.names.instance, attrs["ticket_id"], state=self.state)

    def changes(self, job: Job, step: Step) -> dict[str, object]:
        """Return what changes in the ticket besides its fields."""
        return {"State": step.args["state"], "Lock": "unlock"}

    def marks(self, job: Job) -> dict[str, str]:
        """Return the fields that tell people what the bridge made of it."""
        fields = job.tools.names.fields
        category = "" if job.plan.undecided else job.plan.category
        marks = {fields["category"]: category, fields["state"]: self.state}
        return {name: value for name, value in marks.items() if name and value}
