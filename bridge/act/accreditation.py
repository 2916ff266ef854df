"""Notice that a person may be accredited already or has asked twice, without keeping who it is.

Off unless the operator turns it on: it is processing of its own. Kept are keyed hashes under keys that expire.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from bridge.act.base import Job
from bridge.act.identifying import identifying
from bridge.act.marks import Setting
from bridge.act.remark import Remark
from bridge.classify.reading import read
from bridge.classify.rules import find
from bridge.journal import fingerprints
from bridge.plan import PERSONAL, Plan, Step

LOOK, HINT = "accreditation", "hint"
ERASE_CUES = frozenset({"dp.erase", "dp.erase-plain"})


class Accreditation(Setting):
    """Look for the person's fingerprints among those of other cases, under every live key; then keep them.

    Who asks for erasure is not fingerprinted, and what was kept of that person before is deleted.
    """

    def act(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Compute them; nothing is changed outside the journal."""
        keys, now = job.tools.people, job.now()
        if keys is None:
            return {"matches": []}
        values = sorted(identifying(job.message))
        current = keys.current(now)
        hashes = {
            key_id: [keys.hashed(key_id, job.tools.controller, kind, value) for kind, value in values]
            for key_id in dict.fromkeys([*keys.live(now), current])
        }
        with job.tools.journal.read() as connection:
            all_hashes = [one for each in hashes.values() for one in each]
            matches = fingerprints.others(connection, job.tools.controller, job.case.id, all_hashes)
        job.decided["fingerprints"] = (current, hashes)  # for `settle`; no receipt keeps them
        return {"erase": _asks_to_erase(job), "matches": matches}

    def verify(self, job: Job, step: Step, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Nothing to read back."""
        return attrs

    def settle(self, connection: Connection, job: Job, step: Step, attrs: Mapping[str, Any]) -> None:
        """Keep or delete the fingerprints in the receipt's transaction."""
        key, hashes = job.decided.pop("fingerprints", ("", {}))
        controller = job.tools.controller
        if attrs.get("erase"):
            found = [one for each in hashes.values() for one in each]
            fingerprints.forget_hashes(connection, controller, found)
        elif key:
            fingerprints.note(connection, controller, job.case.id, key, hashes[key], job.now())


def _asks_to_erase(job: Job) -> bool:
    return any(hit.cue.code in ERASE_CUES for hit in find(read(job.message)))


class Hint(Remark):
    """Tell membership management in an internal note, if another case had one of the fingerprints."""

    def intend(self, job: Job, step: Step) -> Mapping[str, Any]:
        """As for any note, where there is something to tell."""
        return super().intend(job, step) if _matched(job) else {}

    def probe(self, job: Job, step: Step, intended: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Nothing to tell is done."""
        return super().probe(job, step, intended) if _matched(job) else {}

    def act(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Write the note."""
        return super().act(job, step) if _matched(job) else {}

    def verify(self, job: Job, step: Step, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Read it back."""
        return super().verify(job, step, attrs) if _matched(job) else attrs


def _matched(job: Job) -> bool:
    return any(key.split("-t")[0] == LOOK and one.attrs.get("matches") for key, one in job.receipts.items())


def with_look(plan: Plan) -> Plan:
    """Put the look and the note behind the hand-over of a personal request."""
    at = [number for number, step in enumerate(plan.steps) if step.args.get("role") == "handover"]
    if plan.category not in PERSONAL or not any(step.key == "handover" for step in plan.steps):
        return plan
    steps: Sequence[Step] = plan.steps
    more = (Step(LOOK, LOOK), Step(HINT, HINT, {"role": "handover", "text": "double-accreditation"}))
    return replace(plan, steps=(*steps[: at[-1] + 1], *more, *steps[at[-1] + 1 :]))
