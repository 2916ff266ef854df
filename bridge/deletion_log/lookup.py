"""Find what the log says about a ticket or mail, by hashing its number on the spot; and prove it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, select

from bridge.deletion_log import reading
from bridge.deletion_log.entry import Entry
from bridge.deletion_log.note import claimed
from bridge.deletion_log.proof import Meant, write_proof
from bridge.deletion_log.reading import LogState, StoreError
from bridge.deletion_log.references import Kind, case_key, reference
from bridge.deletion_log.tables import checkpoints, entries

YearSecret = Callable[[int], bytes | None]
"""Give the secret of a year key; None when there is none, or none any more."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry about the number that was asked for."""

    index: int
    entry: Entry
    body: bytes
    meant: Meant


def look_up(
    connection: Connection, state: LogState, kind: Kind, number: str, year_secret: YearSecret
) -> Iterator[Hit]:
    """Find the entries of one log that mean `number`, in order.

    Every case of the log is tried, for nobody keeps a list of numbers; that takes about ten seconds for a million
    entries. Entries whose year key was destroyed can't be found any more: that is what destroying it is for.
    """
    secrets = [secret for year in (state.year, state.year - 1) if (secret := year_secret(year))]

    @lru_cache(
        maxsize=10_000
    )  # the entries of a case lie close together; all cases of a big log would be too many
    def wanted(case_salt: str) -> list[tuple[bytes, bytes]]:
        keys = [case_key(secret, case_salt) for secret in secrets]
        return [(key, reference(key, kind, number).encode()) for key in keys]

    query = (
        select(entries.c.position, entries.c.case_salt, entries.c.body)
        .where(entries.c.log_id == state.id, entries.c.case_salt.is_not(None), entries.c.body.is_not(None))
        .order_by(entries.c.position)
        .execution_options(yield_per=1000)
    )
    for row in connection.execute(query):
        for key, expected in wanted(row.case_salt):
            if expected in row.body:
                yield Hit(row.position, Entry.from_json(row.body), row.body, Meant(kind, number, key))
                break


def covering_note(connection: Connection, state: LogState, index: int) -> str | None:
    """Return the newest checkpoint that covers the entry and has left the operator's reach; None when none has.

    A proof under it is worth more than one under a checkpoint that is signed just now.
    """
    query = (
        select(checkpoints.c.note)
        .where(checkpoints.c.log_id == state.id, checkpoints.c.size > index, checkpoints.c.left.is_not(None))
        .order_by(checkpoints.c.size.desc())
        .limit(1)
    )
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found


def prove(connection: Connection, state: LogState, hit: Hit, note: str) -> str:
    """Write the tlog-proof of a hit in the tree of a checkpoint; StoreError when the checkpoint is older."""
    size = claimed(note).size
    if hit.index >= size:
        raise StoreError("the checkpoint is older than the entry")
    hashes = reading.inclusion_proof(connection, state, hit.index, size)
    return write_proof(hit.body, hit.index, hashes, note, hit.meant)
