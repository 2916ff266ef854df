"""Jobs: one look at a source, one mail, one ticket, one case. They hold ids and places only, never content.

Jobs spread the work and nothing more: what is to be done stands in the sources and in the journal, and the next round
finds again whatever a lost job would have done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job as Queued
from procrastinate.manager import JobManager
from procrastinate.sync_psycopg_connector import SyncPsycopgConnector
from sqlalchemy import Connection, text

from bridge.journal import Journal, JournalError
from bridge.message.model import Place

QUEUE = "otrs-bridge"
AT_ONCE = 500
Value = str | int

# Looks at sources come first, then what waits, then what is new: a long backlog delays neither.
LOOK, OLD, NEW = 20, 10, 0


@dataclass(frozen=True, slots=True)
class Job:
    """One job. No two with the same `lock` run at the same time, on whatever host; nor is one queued twice."""

    task: str
    lock: str
    priority: int
    args: dict[str, Value] = field(default_factory=dict)


def look(controller: str, name: str) -> Job:
    """Make the job of one round."""
    return Job("look", f"look {controller} {name}", LOOK, {"controller": controller, "name": name})


def mail(controller: str, run: str, place: Place) -> Job:
    """Make the job of one mail that the journal does not know yet."""
    lock = f"mail {place.account} {place.folder} {place.uidvalidity} {place.uid}"
    return Job("mail", lock, NEW, {"controller": controller, "run": run, **asdict(place)})


def ticket(controller: str, run: str, ticket_id: int) -> Job:
    """Make the job of one ticket that the journal does not know yet."""
    args: dict[str, Value] = {"controller": controller, "run": run, "ticket_id": ticket_id}
    return Job("ticket", f"ticket {controller} {ticket_id}", NEW, args)


def case(controller: str, run: str, case_id: int) -> Job:
    """Make the job of one case that can go on."""
    args: dict[str, Value] = {"controller": controller, "run": run, "case_id": case_id}
    return Job("case", f"case {case_id}", OLD, args)


def enqueue(journal: Journal, jobs: Iterable[Job]) -> int:
    """Queue jobs, but for those that are queued already; returns how many.

    A look may be queued while one runs, because something new may have come right after it looked.
    """
    wanted = {job.lock: job for job in jobs}
    queued = 0
    locks = list(wanted)
    for start in range(0, len(locks), AT_ONCE):
        chunk = [wanted[lock] for lock in locks[start : start + AT_ONCE]]
        try:
            with journal.write() as connection:
                queued += put(connection, chunk)
        except (
            AlreadyEnqueued
        ):  # another host was quicker by a hair; the next round finds the rest of the chunk
            continue
    return queued


def put(connection: Connection, jobs: Sequence[Job]) -> int:
    """Queue jobs in the caller's transaction. Raises AlreadyEnqueued when another host queues one just now."""
    known = _known(connection, [job.lock for job in jobs])
    fresh = [
        job for job in jobs if known.get(job.lock) != "todo" and (job.task == "look" or job.lock not in known)
    ]
    if fresh:
        try:
            raw = connection.connection.driver_connection
            _manager().batch_defer_jobs([_queued(job) for job in fresh], connection=raw)
        except ConnectorException as error:
            raise JournalError("The jobs can't be queued.") from error
    return len(fresh)


def _known(connection: Connection, locks: list[str]) -> dict[str, str]:
    query = text(
        "SELECT lock, CAST(status AS text) FROM procrastinate_jobs"
        " WHERE status IN ('todo', 'doing') AND lock = ANY(:locks) ORDER BY status DESC"
    )
    return {row[0]: row[1] for row in connection.execute(query, {"locks": locks})}


def _manager() -> JobManager:
    return JobManager(SyncPsycopgConnector())  # never opened: it works on the journal's own connections


def _queued(job: Job) -> Queued:
    return Queued(
        id=None,
        queue=QUEUE,
        task_name=job.task,
        priority=job.priority,
        lock=job.lock,
        queueing_lock=job.lock,
        task_kwargs=dict(job.args),
    )
