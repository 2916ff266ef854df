"""Wait for new mail on one host only; another takes the watch over as soon as that one is gone."""

from __future__ import annotations

import hashlib
import threading

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bridge.act.base import Tools
from bridge.daemon import watch
from bridge.distributed import jobs
from bridge.errors import BridgeError
from bridge.journal import Journal

_log = structlog.get_logger(__name__)
OTHERS_SECONDS = 10.0


def watch_by_one(tools: Tools, journal: Journal, stop: threading.Event, poll_seconds: int) -> None:
    """Queue a look at the mailbox whenever it says that something may be new, while no other host does, until `stop`.

    The lock is PostgreSQL's advisory lock of one session: it is free again when that session's host is gone.
    """
    while not stop.is_set():
        try:
            _watch_if_first(tools, journal, stop, poll_seconds)
        except (BridgeError, SQLAlchemyError) as error:
            _log.debug("watch ended", kind=type(error).__name__)
        stop.wait(OTHERS_SECONDS)


def _watch_if_first(tools: Tools, journal: Journal, stop: threading.Event, poll_seconds: int) -> None:
    with journal.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(select(func.pg_try_advisory_lock(_number(tools.controller)))).scalar():
            return

        def news() -> None:
            connection.execute(select(1))  # raises when the session is lost, and with it the lock
            jobs.enqueue(journal, [jobs.look(tools.controller, "mail")])

        try:
            watch(tools, stop, poll_seconds, news)
        finally:
            connection.invalidate()  # the lock must not go back into the pool with the connection


def _number(controller: str) -> int:
    return int.from_bytes(
        hashlib.sha256(b"otrs-bridge idle " + controller.encode()).digest()[:8], signed=True
    )
