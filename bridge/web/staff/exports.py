"""Exports of a log: CSV, JSON, and the bundle that `witness verify` checks. Entries hold nothing personal."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort

from bridge.deletion_log import reading
from bridge.deletion_log.entry import Entry, time_text
from bridge.deletion_log.export import export, line
from bridge.deletion_log.reading import LogState, Row
from bridge.web.accounts import Role
from bridge.web.here import desk
from bridge.web.limits import limiter
from bridge.web.login import for_roles
from bridge.web.ports import Controller, Desk

pages = Blueprint("exports", __name__)
FIELDS = (
    "index",
    "event",
    "event_time",
    "write_time",
    "cause",
    "workflow",
    "workflow_version",
    "category",
    "place",
    "objects",
    "method",
    "level",
    "result",
    "ordered_by",
    "approved_by",
    "recipients_informed",
    "hold",
    "residual",
    "key_id",
    "original",
    "stub",
    "handover",
    "instance",
    "version",
    "leaf",
)
_CHUNK = 64 << 10


@pages.get("/c/<controller>/export/<int:year>.<any(csv, json, zip):kind>")
@limiter.limit("20/minute")
@for_roles(Role.DPO)
def download(controller: Controller, year: int, kind: str) -> Any:
    """Give out the log of a year."""
    with desk().journal.read() as connection:
        state = reading.find(connection, f"{controller.log.base}/{year}") or abort(404)
    streams = {
        "csv": (_csv, "text/csv"),
        "json": (_json, "application/json"),
        "zip": (None, "application/zip"),
    }
    make, mimetype = streams[kind]
    body = make(desk(), state) if make else _bundle(desk(), controller, state)
    head = {"Content-Disposition": f'attachment; filename="deletion-log-{controller.name}-{year}.{kind}"'}
    return Response(body, mimetype=mimetype, headers=head)


def _csv(of: Desk, state: LogState) -> Iterator[bytes]:
    with of.journal.read() as connection:
        yield _csv_line(FIELDS)
        for row in reading.rows(connection, state):
            yield _csv_line(_values(row))


def _csv_line(values: Any) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(values)
    return buffer.getvalue().encode()


def _values(row: Row) -> list[object]:
    entry = row.entry
    if entry is None:
        return [row.index, *[""] * (len(FIELDS) - 2), row.leaf.hex()]
    own = {
        "event_time": time_text(entry.event_time),
        "write_time": time_text(entry.write_time),
        "residual": " ".join(f"{one.place}:{one.until or ''}" for one in entry.residual),
        "leaf": row.leaf.hex(),
    }
    return [own[name] if name in own else _field(entry, name) for name in FIELDS]


def _field(entry: Entry, name: str) -> object:
    return str(getattr(entry if hasattr(entry, name) else entry.references, name))


def _json(of: Desk, state: LogState) -> Iterator[bytes]:
    with of.journal.read() as connection:
        yield b"["
        for at, row in enumerate(reading.rows(connection, state)):
            yield (b",\n" if at else b"\n") + line(row)
        yield b"\n]\n"


def _bundle(of: Desk, controller: Controller, state: LogState) -> Iterator[bytes]:
    """Write the bundle to a temporary file, which is gone before the first byte is sent."""
    with tempfile.TemporaryDirectory(prefix="otrs-bridge-") as folder:
        path = Path(folder) / "log.zip"
        with of.journal.read() as connection:
            export(connection, state, path, controller.log_key)
        file = path.open("rb")
    return _chunks(file)


def _chunks(file: Any) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
