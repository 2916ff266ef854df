"""Read the deletion log: entries, roots, proofs, checkpoints. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from bridge.deletion_log import tree
from bridge.deletion_log.entry import Entry
from bridge.deletion_log.tables import checkpoints, entries, logs, nodes
from bridge.errors import BridgeError

LEVELS = 64
"""A node's position is index * 64 + level: no tree of a real log is higher."""

_CHUNK = 1000


class StoreError(BridgeError):
    """Say that the stored log can't be read or written as it must be."""

    code = "log.store"


@dataclass(frozen=True, slots=True)
class LogState:
    """One log as it stands in the database."""

    id: int
    origin: str
    year: int
    size: int


@dataclass(frozen=True, slots=True)
class Row:
    """One stored entry; `body` is None once its contents have expired."""

    index: int
    leaf: bytes
    body: bytes | None

    @property
    def entry(self) -> Entry | None:
        """Read the body strictly; None when it was dropped."""
        return None if self.body is None else Entry.from_json(self.body)


def find(connection: Connection, origin: str) -> LogState | None:
    """Find one log."""
    row = connection.execute(select(logs).where(logs.c.origin == origin)).one_or_none()
    return None if row is None else LogState(row.id, row.origin, row.year, row.size)


def all_logs(connection: Connection, base: str | None = None) -> list[LogState]:
    """List the logs, oldest first; of one controller when `base` is given."""
    query = select(logs).order_by(logs.c.base, logs.c.year)
    if base is not None:
        query = query.where(logs.c.base == base)
    return [LogState(row.id, row.origin, row.year, row.size) for row in connection.execute(query)]


def latest(connection: Connection, base: str) -> LogState | None:
    """Find the controller's newest log."""
    row = connection.execute(_LATEST, {"base": base}).one_or_none()
    return None if row is None else LogState(row.id, row.origin, row.year, row.size)


def rows(connection: Connection, state: LogState, start: int = 0, end: int | None = None) -> Iterator[Row]:
    """Read entries `start` up to (not including) `end`, in order, a thousand at a time."""
    end = state.size if end is None else min(end, state.size)
    while start < end:
        query = (
            select(entries.c.position, entries.c.leaf, entries.c.body)
            .where(entries.c.log_id == state.id, entries.c.position >= start, entries.c.position < end)
            .order_by(entries.c.position)
            .limit(_CHUNK)
        )
        found = connection.execute(query).all()
        if not found:
            return
        yield from (Row(row.position, row.leaf, row.body) for row in found)
        start = found[-1].position + 1


def row(connection: Connection, state: LogState, index: int) -> Row | None:
    """Read one entry."""
    return next(rows(connection, state, index, index + 1), None)


def root(connection: Connection, state: LogState, size: int | None = None) -> bytes:
    """Compute the root of the first `size` entries (all by default) from the stored nodes."""
    return tree.root(state.size if size is None else size, reader(connection, state.id))


def inclusion_proof(connection: Connection, state: LogState, index: int, size: int) -> list[bytes]:
    """Prove entry `index` in the tree of the first `size` entries."""
    return tree.inclusion_proof(index, size, reader(connection, state.id))


def consistency_proof(connection: Connection, state: LogState, first: int, second: int) -> list[bytes]:
    """Prove that the first `first` entries are the beginning of the first `second`."""
    return tree.consistency_proof(first, second, reader(connection, state.id))


def notes(connection: Connection, state: LogState) -> dict[int, str]:
    """Return the checkpoints that were made, by size, smallest first."""
    query = select(checkpoints.c.size, checkpoints.c.note).where(checkpoints.c.log_id == state.id)
    return {row.size: row.note for row in connection.execute(query.order_by(checkpoints.c.size))}


def last_left(connection: Connection, state: LogState) -> tuple[int, str] | None:
    """Return size and time of the last checkpoint that left the operator's reach: what is after it is uncovered."""
    query = select(checkpoints.c.size, checkpoints.c.left).where(
        checkpoints.c.log_id == state.id, checkpoints.c.left.is_not(None)
    )
    found = connection.execute(query.order_by(checkpoints.c.size.desc()).limit(1)).one_or_none()
    return None if found is None else (found.size, found.left)


def reader(connection: Connection, log_id: int) -> tree.Read:
    """Make the function by which `tree` reads stored nodes; StoreError when one is missing."""

    def read(wanted: Sequence[tree.Node]) -> Mapping[tree.Node, bytes]:
        positions = [index * LEVELS + level for level, index in wanted]
        found = connection.execute(_NODES, {"log": log_id, "positions": positions})
        by_node = {(row.position % LEVELS, row.position // LEVELS): row.hash for row in found}
        if len(by_node) != len(set(wanted)):
            raise StoreError("hashes of the log are missing in the database", code="log.nodes-missing")
        return by_node

    return read


_NODES = select(nodes.c.position, nodes.c.hash).where(
    nodes.c.log_id == bindparam("log"), nodes.c.position.in_(bindparam("positions", expanding=True))
)
_LATEST = select(logs).where(logs.c.base == bindparam("base")).order_by(logs.c.year.desc()).limit(1)
