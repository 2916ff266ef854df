"""One daemon for each SQLite journal: a lock that the kernel gives back however the daemon ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge.errors import BridgeError


class AlreadyRunningError(BridgeError):
    """Report that another process works with this journal."""

    code = "daemon.already-running"
    permanent = True


@contextmanager
def only_one(database: Path | None) -> Iterator[None]:
    """Hold the lock beside the database for as long as the block lasts; None (no file) needs none.

    Raises AlreadyRunningError at once when another process holds it.
    """
    if database is None:
        yield
        return
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(database.with_name(f"{database.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise AlreadyRunningError("Another otrs-bridge works with this journal.") from None
    try:
        yield
    finally:
        os.close(handle)
