"""Find entries by what people ask for, describe one with its proof, count them. Reads only."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from bridge.deletion_log import reading, tree
from bridge.deletion_log.entry import Entry
from bridge.deletion_log.note import encode_base64
from bridge.deletion_log.reading import LogState, Row
from bridge.deletion_log.tables import entries


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None: whatever. `since` and `until` are write times as text (2026-11-20…)."""

    event: str | None = None
    category: str | None = None
    level: str | None = None
    since: str | None = None
    until: str | None = None


def newest(
    connection: Connection, state: LogState, wanted: Wanted, limit: int = 50, before: int | None = None
) -> list[Row]:
    """Return the newest entries that fit, the newest last; `before` is an index, for going back page by page."""
    table = entries.c
    query = select(table.position, table.leaf, table.body).where(table.log_id == state.id)
    for column, value in (
        (table.event, wanted.event),
        (table.category, wanted.category),
        (table.level, wanted.level),
    ):
        query = query.where(column == value) if value else query
    query = query.where(table.write_time >= wanted.since) if wanted.since else query
    query = query.where(table.write_time < wanted.until) if wanted.until else query
    query = query.where(table.position < before) if before is not None else query
    found = connection.execute(query.order_by(table.position.desc()).limit(limit)).all()
    return [Row(row.position, row.leaf, row.body) for row in reversed(found)]


def describe(connection: Connection, state: LogState, index: int) -> dict[str, Any] | None:
    """Describe one entry: its fields, its hash, and how it is proved under the newest checkpoint that covers it.

    None when there is no such entry. `proof` is absent while no checkpoint covers it; `proof_holds` is the outcome
    of checking that proof against the checkpoint's root, not of trusting it.
    """
    row = reading.row(connection, state, index)
    if row is None:
        return None
    shown: dict[str, Any] = {"log": state.origin, "index": index, "leaf": row.leaf.hex()}
    shown["entry"] = json.loads(row.body) if row.body is not None else None
    shown["hash_fits"] = row.body is None or tree.leaf_hash(row.body) == row.leaf
    sizes = [size for size in reading.notes(connection, state) if size > index]
    if sizes:
        size = sizes[-1]
        proof = reading.inclusion_proof(connection, state, index, size)
        root = reading.root(connection, state, size)
        shown["checkpoint"] = size
        shown["proof"] = [encode_base64(step) for step in proof]
        shown["proof_holds"] = tree.verify_inclusion(row.leaf, index, size, proof, root)
    left = reading.last_left(connection, state)
    shown["left_the_house"] = bool(left and left[0] > index)
    return shown


def summary(connection: Connection, state: LogState, month: int | None = None) -> dict[str, Any]:
    """Count a log's entries by event, and verified erasures by cause, category, level, place and method."""
    counters: dict[str, Counter[str]] = {
        name: Counter() for name in ("events", "causes", "categories", "levels", "methods", "places")
    }
    objects = dropped = 0
    for row in reading.rows(connection, state):
        entry = row.entry
        if entry is None:
            dropped += 1
        elif month in (None, entry.write_time.month):
            counters["events"][entry.event.value] += 1
            if entry.event.value == "verified":
                objects += entry.objects
                _count(counters, entry)
    counted: dict[str, Any] = {"log": state.origin, "entries": state.size, "objects_erased": objects}
    if month:
        counted["month"] = month
    if dropped:
        counted["contents_expired"] = dropped
    return counted | {name: dict(sorted(counter.items())) for name, counter in counters.items()}


def one_line(row: Row) -> str:
    """Write an entry as one line for people."""
    entry = row.entry
    if entry is None:
        return f"{row.index}  {row.leaf.hex()}"
    words = (entry.event, entry.result, entry.cause, entry.category, entry.level, entry.method)
    said = "  ".join(word.value for word in words if word.value != "none")
    return f"{row.index}  {entry.write_time:%Y-%m-%d %H:%M:%S}Z  {said}  {entry.place}  x{entry.objects}"


def plain(value: Any) -> str:
    """Write a value of a description for people."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | bool) else str(value)


def _count(counters: dict[str, Counter[str]], entry: Entry) -> None:
    counters["causes"][entry.cause.value] += entry.objects
    counters["categories"][entry.category.value] += entry.objects
    counters["levels"][entry.level.value] += entry.objects
    counters["methods"][entry.method.value] += entry.objects
    counters["places"][entry.place] += entry.objects
