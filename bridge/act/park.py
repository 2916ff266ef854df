"""Park a request: a ticket without content that names code and place, the mail moved to `parked`."""

from __future__ import annotations

from bridge.act.alarm import raise_alarm
from bridge.act.base import Done, Job, Outcome
from bridge.act.late import late_copies
from bridge.act.runner import run_step
from bridge.plan import Step


def park_steps(job: Job, code: str) -> list[Step]:
    """Return the two steps of parking; a ticket born in OTRS stays where it is."""
    born_in_otrs = job.case.source == "otrs"
    place = f"ticket id {_copy_uid(job)}" if born_in_otrs else job.tools.names.folders["parked"]
    notice = {
        "role": "parked",
        "queue": "support",
        "redact": "all",
        "keep": [],
        "attachments": False,
        "original": False,
        "title": "generic",
        "priority": "normal",
        "state": "new",
        "code": code,
        "place": place,
    }
    steps = [Step("parked", "create", notice)]
    return steps if born_in_otrs else [*steps, Step("park-move", "move", {"folder": "parked"})]


def park(job: Job, code: str) -> Outcome:
    """Take the steps of parking; with OTRS or mailbox away the operator gets a mail, and parking goes on later.

    A mail that can't get its ticket yet is left where it is, so that its place stays true.
    """
    outcome: Outcome = Done()
    for step in park_steps(job, code):
        outcome = run_step(job, step)
        if not isinstance(outcome, Done):
            break
    if isinstance(outcome, Done):
        outcome = late_copies(job, Step("park-move", "move", {"folder": "parked"}))
    raise_alarm(job.tools, "request-parked", job.case.id)
    return outcome


def _copy_uid(job: Job) -> str:
    from bridge.act.move import present  # kept out of the module's own imports for the runner

    found = present(job)
    return found[0].place.uid if found else "-"
