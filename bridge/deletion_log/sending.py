"""What is due to leave the house: checkpoint mails, made from the stored log."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from bridge.deletion_log import reading
from bridge.deletion_log.export import line
from bridge.deletion_log.mail import CheckpointMail
from bridge.deletion_log.note import claimed
from bridge.deletion_log.reading import LogState


def build_mail(
    connection: Connection, state: LogState, note: str, first: int | None = None
) -> CheckpointMail:
    """Make the mail for a checkpoint of this log.

    It carries the entries from `first` on; by default from where the last checkpoint that left ended.
    """
    size = claimed(note).size
    if first is None:
        left = reading.last_left(connection, state)
        first = left[0] if left and left[0] <= size else 0
    entries = tuple(line(row) for row in reading.rows(connection, state, first, size))
    proof = reading.consistency_proof(connection, state, first, size)
    return CheckpointMail(note, first, entries, tuple(proof))


def is_due(
    connection: Connection, state: LogState, now: dt.datetime, days: float = 1, after: int = 100
) -> bool:
    """Tell whether a checkpoint must leave: `after` new entries, or any new entry and `days` since the last.

    A log that was closed by the year's change is due until its last entry has left.
    """
    left = reading.last_left(connection, state)
    new = state.size - (left[0] if left else 0)
    if new <= 0:
        return False
    if left is None or new >= after or now.year > state.year:
        return True
    return now - dt.datetime.fromisoformat(left[1]) >= dt.timedelta(days=days)
