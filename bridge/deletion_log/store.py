"""Write the deletion log in the journal's database: append entries, sign checkpoints. `reading` reads it.

Every function works inside the caller's transaction, so that an entry and the receipt that it belongs to stand or
fall together. One log per controller and year; the index of an entry is the size of its log, read under lock: on
SQLite the caller begins with BEGIN IMMEDIATE, on PostgreSQL `append` takes an advisory lock for the transaction.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, insert, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from bridge.deletion_log import tree
from bridge.deletion_log.detail import Link
from bridge.deletion_log.entry import Draft, Entry, time_text
from bridge.deletion_log.note import Checkpoint, Signer
from bridge.deletion_log.reading import LEVELS, LogState, StoreError, find, latest, reader, root
from bridge.deletion_log.references import new_salt
from bridge.deletion_log.tables import checkpoints, entries, logs, metadata, nodes
from bridge.deletion_log.words import Cause, Event, Result

__all__ = ["DeletionLog", "StoreError", "append", "append_all", "checkpoint", "metadata"]

Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """Return the time in UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class DeletionLog:
    """What a controller's logs are called and who writes them.

    `base` is `<origin>/<controller>`; a log's origin adds the year. `sign` makes the signer of one origin (the key is
    the same for all). `places`, when given, are the only place labels that entries may hold.
    """

    base: str
    sign: Callable[[str], Signer] = field(repr=False)
    instance: str
    version: str
    places: frozenset[str] | None = None


def append(connection: Connection, log: DeletionLog, draft: Draft, clock: Clock = utc_now) -> int:
    """Append an entry to the log of the current year and return its index.

    The write time is taken after the lock, so that times run with the indexes. The first append of a year opens its
    log with entry 0, which holds the last checkpoint of the year before. A clock that falls back behind the year of
    the latest log keeps writing to that log. Raises EntryError, or StoreError when the database refuses.
    """
    if log.places is not None and draft.place and draft.place not in log.places and draft.place[:4] != "log:":
        raise StoreError("the place is none of the configured ones", permanent=True)
    try:
        lock(connection, log.base)
        state = _current(connection, log, clock())
        return _add(connection, state, draft, clock())
    except SQLAlchemyError as error:
        raise StoreError("the entry could not be appended") from error


def append_all(
    connection: Connection, log: DeletionLog, drafts: Sequence[Draft], clock: Clock = utc_now
) -> list[int]:
    """Append several entries in order; see `append`."""
    return [append(connection, log, draft, clock) for draft in drafts]


def checkpoint(connection: Connection, log: DeletionLog, origin: str, clock: Clock = utc_now) -> str:
    """Sign the log `origin` as it stands and keep the note; the same size gives the same note again."""
    lock(connection, log.base)
    state = find(connection, origin)
    if state is None or state.size == 0:
        raise StoreError("there is no such log, or it is empty")
    return _sign(connection, log, state, clock())


def mark_left(connection: Connection, state: LogState, size: int, now: dt.datetime) -> None:
    """Note that the checkpoint of `size` has left (its mail was accepted, or it was filed in the mailbox)."""
    _update_checkpoint(connection, state, size, left=time_text(now))


def keep_note(connection: Connection, state: LogState, size: int, note: str) -> None:
    """Replace a checkpoint's note by the same one with more signatures (the DPO's cosignature)."""
    _update_checkpoint(connection, state, size, note=note)


def keep_token(connection: Connection, state: LogState, size: int, token: bytes) -> None:
    """Keep an RFC 3161 time-stamp token for a checkpoint."""
    _update_checkpoint(connection, state, size, token=token)


def insert_raw(connection: Connection, state: LogState, bodies: Sequence[bytes]) -> LogState:
    """Add ready entries at the end, byte by byte as they were written; the caller has verified them."""
    frontier = tree.Frontier.load(state.size, reader(connection, state.id))
    stored: tuple[list[dict[str, object]], list[dict[str, object]]] = ([], [])
    for body in bodies:
        entry = Entry.from_json(body)
        if entry.index != frontier.size:
            raise StoreError("the entry's index is not the size of its log", permanent=True)
        leaf = tree.leaf_hash(body)
        stored[0].append(_entry_row(state.id, entry, body, leaf))
        stored[1].extend(_node_rows(state.id, frontier.append(leaf)))
    if bodies:
        connection.execute(_INSERT_ENTRY, stored[0])
        connection.execute(_INSERT_NODE, stored[1])
    size = state.size + len(bodies)
    connection.execute(update(logs).where(logs.c.id == state.id).values(size=size))
    return LogState(state.id, state.origin, state.year, size)


def open_log(connection: Connection, base: str, year: int) -> LogState:
    """Make the row of a new, empty log."""
    origin = f"{base}/{year}"
    made = connection.execute(insert(logs).values(origin=origin, base=base, year=year, size=0))
    key = made.inserted_primary_key
    if key is None:  # pragma: no cover - every supported database returns it
        raise StoreError("the database returned no key")
    return LogState(key[0], origin, year, 0)


def _update_checkpoint(connection: Connection, state: LogState, size: int, **values: object) -> None:
    query = update(checkpoints).where(checkpoints.c.log_id == state.id, checkpoints.c.size == size)
    if connection.execute(query.values(**values)).rowcount != 1:
        raise StoreError("there is no checkpoint of this size")


def lock(connection: Connection, base: str) -> None:
    """Keep others from appending to this controller's logs until the transaction ends (PostgreSQL)."""
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(b"otrs-bridge log " + base.encode()).digest()[:8], signed=True)
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def _current(connection: Connection, log: DeletionLog, now: dt.datetime) -> LogState:
    last = latest(connection, log.base)
    if last is not None and now.year <= last.year:
        return last
    link = _sign(connection, log, last, now) if last is not None and last.size else ""
    state = open_log(connection, log.base, now.year)
    opening = Draft(
        event=Event.CHECKPOINT,
        event_time=now,
        result=Result.NONE,
        cause=Cause.NONE,
        instance=log.instance,
        version=log.version,
        detail=Link(link),
    )
    _add(connection, state, opening, now)
    return LogState(state.id, state.origin, state.year, 1)


def _sign(connection: Connection, log: DeletionLog, state: LogState, now: dt.datetime) -> str:
    kept = select(checkpoints.c.note).where(
        checkpoints.c.log_id == state.id, checkpoints.c.size == state.size
    )
    found = connection.execute(kept).scalar_one_or_none()
    if found is not None:
        return str(found)
    head = Checkpoint(state.origin, state.size, root(connection, state))
    note = str(log.sign(state.origin).sign(str(head)))
    values = {"log_id": state.id, "size": state.size, "note": note, "made": time_text(now)}
    connection.execute(insert(checkpoints).values(**values))
    return note


def _add(connection: Connection, state: LogState, draft: Draft, now: dt.datetime) -> int:
    entry = Entry.of(draft, index=state.size, log=state.origin, write_time=now, salt=new_salt())
    body = entry.to_json()
    leaf = tree.leaf_hash(body)
    made = tree.completed(state.size, leaf, reader(connection, state.id))
    connection.execute(_INSERT_ENTRY, _entry_row(state.id, entry, body, leaf))
    connection.execute(_INSERT_NODE, _node_rows(state.id, made))
    changed = connection.execute(_GROW, {"log": state.id, "old": state.size, "new": state.size + 1})
    if changed.rowcount != 1:
        raise StoreError("the log has grown meanwhile")
    return entry.index


def _entry_row(log_id: int, entry: Entry, body: bytes, leaf: bytes) -> dict[str, object]:
    return {
        "log_id": log_id,
        "position": entry.index,
        "leaf": leaf,
        "body": body,
        "event": entry.event.value,
        "category": entry.category.value,
        "level": entry.level.value,
        "write_time": time_text(entry.write_time),
        "case_salt": entry.references.case_salt or None,
        "reference": entry.references.original or None,
    }


def _node_rows(log_id: int, made: Sequence[tuple[tree.Node, bytes]]) -> list[dict[str, object]]:
    return [
        {"log_id": log_id, "position": index * LEVELS + level, "hash": node} for (level, index), node in made
    ]


_INSERT_ENTRY = insert(entries)
_INSERT_NODE = insert(nodes)
_GROW = (
    update(logs)
    .where(logs.c.id == bindparam("log"), logs.c.size == bindparam("old"))
    .values(size=bindparam("new"))
)
