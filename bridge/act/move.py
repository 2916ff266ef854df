"""Move a mail, with all copies of it, out of the inbox once everything else has its receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from bridge.act.base import Job, StepError
from bridge.act.load import look_at
from bridge.journal import copies, folders
from bridge.journal.copies import Copy
from bridge.plan import Step


class Move:
    """Move every copy that is still where it was seen. A copy that somebody else moved meanwhile is left to them."""

    repeatable = True

    def intend(self, job: Job, step: Step) -> Mapping[str, Any]:
        """Nothing has to be known before."""
        return {}

    def probe(self, job: Job, step: Step, intended: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Moving again is harmless, so an earlier attempt needs no search: nothing left to move is done."""
        mailbox = job.tools.mailbox
        left = [copy for copy in present(job) if mailbox and mailbox.exists(copy.place)]
        return None if left else {"moved": 0}

    def act(self, job: Job, step: Step) -> Mapping[str, Any]:
        """UID MOVE each copy; the folder is made when it is missing."""
        mailbox = job.tools.mailbox
        assert mailbox is not None, "a mail has a mailbox"  # noqa: S101
        target = job.tools.names.folders[step.args["folder"]]
        mailbox.ensure_folder(target)
        moved = 0
        for copy in present(job):
            if copy.place.folder != target and look_at(job.tools, job.case, copy.place):
                mailbox.move(copy.place, target)
                moved += 1
        return {"moved": moved}

    def verify(self, job: Job, step: Step, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make sure that no copy is left at its old place."""
        mailbox = job.tools.mailbox
        assert mailbox is not None, "a mail has a mailbox"  # noqa: S101
        target = job.tools.names.folders[step.args["folder"]]
        seen = present(job)
        if any(look_at(job.tools, job.case, copy.place) for copy in seen if copy.place.folder != target):
            raise StepError("A mail is still at its old place.", code="move.still-there")
        return {**attrs, "copies": [copy.id for copy in seen]}

    def settle(self, connection: Connection, job: Job, step: Step, attrs: Mapping[str, Any]) -> None:
        """Note the copies that were looked at as moved, and that it was us who took them; one may have come since."""
        for copy in copies.of_case(connection, job.case.id, state=copies.PRESENT):
            if copy.id not in attrs["copies"]:
                continue
            copies.mark(connection, copy.id, "moved")
            folders.took(connection, copy.place.account, copy.place.folder)


def copies_of(job: Job) -> list[Copy]:
    """Return the copies that are present, moved or erased; not those whose place was lost."""
    with job.tools.journal.read() as connection:
        return [copy for copy in copies.of_case(connection, job.case.id) if copy.state != "lost"]


def present(job: Job) -> list[Copy]:
    """Return the copies that the journal believes to be where they were seen."""
    with job.tools.journal.read() as connection:
        return copies.of_case(connection, job.case.id, state=copies.PRESENT)
