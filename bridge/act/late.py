"""Copies of a request that turn up when its case is through, or nearly so: they share the fate of the first."""

from __future__ import annotations

from bridge.act.base import Done, Job, Outcome
from bridge.act.erase import erase
from bridge.act.move import present
from bridge.act.runner import run_step
from bridge.plan import Step


def late_copies(job: Job, last: Step | None = None) -> Outcome:
    """Do with every copy that still lies where it was seen what `last`, else the plan's last step, did with the others.

    Tickets have no copies: what was born in OTRS is left alone.
    """
    if job.case.source == "otrs":
        return Done()
    late = present(job)
    last = last or (job.plan.steps[-1] if job.plan.steps else None)
    if not late or last is None:
        return Done()
    if last.kind == "erase":
        return erase(job, last)
    return run_step(job, Step(f"late-{late[-1].id}", "move", dict(last.args)))
