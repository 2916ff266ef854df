"""After a restore: tell whether the log is shorter than it was, and import what it lost from checkpoint mails."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import Connection, insert, select

from bridge.deletion_log import reading, tree
from bridge.deletion_log.bundle import read_dropped
from bridge.deletion_log.entry import time_text
from bridge.deletion_log.mail import CheckpointMail
from bridge.deletion_log.note import Checkpoint, VerifierKey, claimed, open_checkpoint
from bridge.deletion_log.reading import LogState, StoreError, find, reader
from bridge.deletion_log.store import Clock, insert_raw, lock, open_log, utc_now
from bridge.deletion_log.tables import checkpoints


class Standing(StrEnum):
    """How the stored log stands to a checkpoint that was found somewhere."""

    EQUAL = "equal"
    AHEAD = "ahead"
    SHORTER = "shorter"
    DIFFERENT = "different"


class RestoreError(StoreError):
    """Say why lost entries can't be imported."""

    code = "log.restore"
    permanent = True


def standing(connection: Connection, note: str, keys: Sequence[VerifierKey]) -> Standing:
    """Compare the stored log with a checkpoint.

    SHORTER: entries are lost; start-up must be refused until they are imported. DIFFERENT: the log holds other
    entries than the checkpoint was signed for. Raises NoteError when the checkpoint is not signed by a trusted key,
    which are renamed to its origin.
    """
    head = _open(note, keys)
    state = find(connection, head.origin)
    if state is None or state.size < head.size:
        return Standing.SHORTER
    if reading.root(connection, state, head.size) != head.root:
        return Standing.DIFFERENT
    return Standing.EQUAL if state.size == head.size else Standing.AHEAD


def import_entries(
    connection: Connection,
    mails: Sequence[CheckpointMail],
    keys: Sequence[VerifierKey],
    clock: Clock = utc_now,
) -> int:
    """Import the entries that the stored logs lack, verified against each mail's checkpoint; return their number.

    The mails may come in any order, and of several years. Everything happens in the caller's transaction: one that
    doesn't fit raises RestoreError, and nothing is imported. The checkpoints are kept as ones that have left.
    """
    opened = sorted(
        ((_open(mail.checkpoint, keys), mail) for mail in mails), key=lambda one: (one[0].origin, one[0].size)
    )
    return sum(_import(connection, head, mail, time_text(clock())) for head, mail in opened)


def _import(connection: Connection, head: Checkpoint, mail: CheckpointMail, now: str) -> int:
    base, _, year = head.origin.rpartition("/")
    lock(connection, base)
    state = find(connection, head.origin) or open_log(connection, base, int(year))
    new = _missing(connection, state, head, mail)
    state = insert_raw(connection, state, new)
    if reading.root(connection, state, head.size) != head.root:
        raise RestoreError("the entries of a mail don't lead to its checkpoint", code="log.restore-differs")
    _keep(connection, state, head.size, mail.checkpoint, now)
    return len(new)


def _missing(connection: Connection, state: LogState, head: Checkpoint, mail: CheckpointMail) -> list[bytes]:
    if mail.first > state.size:
        raise RestoreError("a mail between is missing", code="log.restore-gap")
    if head.size <= state.size:
        return []
    new = list(mail.entries[state.size - mail.first :])
    if any(read_dropped(body) for body in new):
        raise RestoreError("the mail holds entries whose contents have expired", code="log.restore-expired")
    frontier = tree.Frontier.load(state.size, reader(connection, state.id))
    for body in new:
        frontier.append(tree.leaf_hash(body))
    if frontier.root() != head.root:
        raise RestoreError("the log and the mail hold different entries", code="log.restore-differs")
    return new


def _keep(connection: Connection, state: LogState, size: int, note: str, now: str) -> None:
    kept = select(checkpoints.c.size).where(checkpoints.c.log_id == state.id, checkpoints.c.size == size)
    if connection.execute(kept).one_or_none() is None:
        values = {"log_id": state.id, "size": size, "note": note, "made": now, "left": now}
        connection.execute(insert(checkpoints).values(**values))


def _open(note: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    origin = claimed(note).origin
    head, _ = open_checkpoint(note, [key.renamed(origin) for key in keys])
    return head
