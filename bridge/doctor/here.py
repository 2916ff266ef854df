"""Look at what lies on this machine: keys, journal, deletion log, disk. Nothing is made or changed."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bridge import keys as key_folder
from bridge.deletion_log import reading, sending
from bridge.deletion_log.export import verify_stored
from bridge.deletion_log.findings import FAULT
from bridge.doctor.finding import Finding, found
from bridge.errors import BridgeError
from bridge.journal import Journal, brakes, meta, open_engine
from bridge.journal.schema import cases
from bridge.keys import Keys
from bridge.keys.folder import KeyFileError
from bridge.settings import ControllerSettings, Settings
from bridge.wiring.controller import log_of

MEGABYTE = 1 << 20
LOW, FULL = 1024, 100  # MB
# Checkpoints leave daily; two days more are a holiday of the mail server, not of the bridge.
CHECKPOINT_DAYS = 3
AUTUMN = 10  # month from which the coming year's key is missed


def examine_here(settings: Settings, now: dt.datetime) -> Iterator[Finding]:
    """Yield what is found about keys, disk and journal."""
    keys, findings = _keys(Path(settings.keys), now)
    yield from findings
    file = _file(settings.journal)
    if file is not None:
        yield _disk(file)
        if not file.exists():
            yield found("journal", "absent")
            return
    yield from _journal(settings, file, keys, now)


def _keys(folder: Path, now: dt.datetime) -> tuple[Keys | None, list[Finding]]:
    try:
        if key_folder.is_empty(folder):
            return None, [found("keys", "absent")]
        keys = key_folder.load(folder)
    except KeyFileError as error:
        outcome = "rights" if error.code in ("keys.permissions", "keys.file") else "damaged"
        return None, [found("keys", outcome, text=error, folder=folder)]
    if now.year not in keys.years:
        return keys, [found("keys", "year-missing", year=now.year)]
    if now.year + 1 not in keys.years and now.month >= AUTUMN:
        return keys, [found("keys", "next-year", year=now.year + 1)]
    return keys, [found("keys")]


def _file(url: str) -> Path | None:
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def _disk(file: Path) -> Finding:
    folder = next(one for one in (file.parent, *file.parents) if one.is_dir())
    free = shutil.disk_usage(folder).free // MEGABYTE
    outcome = "full" if free < FULL else "low" if free < LOW else "ok"
    return found("disk", outcome, megabytes=free)


def _journal(settings: Settings, file: Path | None, keys: Keys | None, now: dt.datetime) -> Iterator[Finding]:
    """Read only: migrations are the daemon's part, so a journal of an older version may lack what is asked for."""
    try:
        journal = Journal(open_engine(settings.journal))
    except BridgeError as error:
        yield found("journal", "unreadable", text=error)
        return
    try:
        with journal.read() as connection:
            if file is not None and not _whole(connection):
                yield found("journal", "damaged")
                return
            if not inspect(connection).has_table(cases.name):
                yield found("journal", "absent")
                return
            yield from list(_inside(connection, settings, keys, now))
    except BridgeError as error:
        # SQLite's own word for a file that is torn or none of its own; a lock or a missing right is another.
        torn = file is not None and "(DatabaseError)" in str(error)
        yield found("journal", "damaged" if torn else "unreadable", text=error)
    finally:
        journal.close()


def _whole(connection: Connection) -> bool:
    try:
        return bool(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one() == "ok")
    except SQLAlchemyError:
        return False


def _inside(
    connection: Connection, settings: Settings, keys: Keys | None, now: dt.datetime
) -> Iterator[Finding]:
    known = meta.get(connection, "key-set")
    yield found("journal")
    if keys is not None and known not in (None, keys.id):
        yield found("keys", "other")
    elif keys is None and known is not None and key_folder.is_empty(Path(settings.keys)):
        yield found("keys", "lost")
    on = brakes.pulled(connection)
    since = "%Y-%m-%d %H:%M"
    yield from [
        found("brakes", "on", number=b.id, code=b.code, place=b.place, since=b.set.strftime(since))
        for b in on
    ] or [found("brakes")]
    parked = connection.execute(select(func.count()).where(cases.c.state == "parked")).scalar_one()
    yield found("cases", "parked", count=parked) if parked else found("cases")
    if keys is not None and known in (None, keys.id):
        for one in settings.for_controllers():
            yield from _log(connection, one, keys, now)


def _log(
    connection: Connection, settings: ControllerSettings, keys: Keys, now: dt.datetime
) -> Iterator[Finding]:
    log = log_of(settings, keys)
    states = reading.all_logs(connection, log.base)
    faults = [
        one.text
        for verdict in verify_stored(connection, states, [log.sign(log.base).verifier], now)
        for one in verdict.findings
        if one.severity == FAULT
    ]
    yield from [found("log", "faulty", text=text) for text in faults] or [
        found("log", entries=sum(one.size for one in states))
    ]
    waits = [days for state in states if (days := _waiting(connection, state, now)) is not None]
    if waits:
        yield found("checkpoint", "overdue", days=max(waits))
    else:
        yield found("checkpoint")


def _waiting(connection: Connection, state: reading.LogState, now: dt.datetime) -> int | None:
    """Tell for how many days the oldest entry that no checkpoint covers has waited, when that is too long."""
    if not sending.is_due(connection, state, now, days=CHECKPOINT_DAYS, after=10**9):
        return None
    left = reading.last_left(connection, state)
    row = reading.row(connection, state, left[0] if left else 0)
    entry = row.entry if row else None
    days = (now - entry.write_time).days if entry else CHECKPOINT_DAYS
    return days if days >= CHECKPOINT_DAYS else None
