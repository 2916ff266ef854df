"""Take over a ticket born in OTRS that stays a ticket: give it its category and, where needed, its queue."""

from __future__ import annotations

from bridge.act.base import Job
from bridge.act.close import Close
from bridge.plan import Step


class Adopt(Close):
    """As Close, but the ticket stays open; it changes its queue only when people of another queue have to read it."""

    state = "open"

    def changes(self, job: Job, step: Step) -> dict[str, object]:
        """Move it when the workflow wants another queue than the one it was found in."""
        queue = job.tools.names.queues[step.args["queue"]]
        at_home = step.args["queue"] == "support" or job.request.place.folder == queue
        return {} if at_home else {"Queue": queue}

    def marks(self, job: Job) -> dict[str, str]:
        """As for closing, with the state that people see."""
        fields = job.tools.names.fields
        category = {} if job.plan.undecided else {fields["category"]: job.plan.category}
        return {**category, fields["state"]: "taken"}
