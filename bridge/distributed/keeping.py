"""What every host does by the clock: signs of life, looks at sources that are due, burying the dead."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor

import structlog
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import Connection, extract, func, select, update

from bridge.daemon import Rounds, timetable
from bridge.distributed import jobs
from bridge.errors import BridgeError
from bridge.journal import Journal, workers
from bridge.journal.schema import cursors
from bridge.journal.upsert import insert_new

_log = structlog.get_logger(__name__)


@dataclass
class Keeper:
    """Keep one host's place among the others, in a thread of its own, until `stop`."""

    journal: Journal
    rounds: Sequence[Rounds]
    poll_seconds: int
    name: str
    threads: int
    takeover_seconds: float
    stop: threading.Event
    _next: dict[tuple[str, str], float] = field(default_factory=dict)
    _away: bool = False

    @property
    def beat_seconds(self) -> float:
        """Seconds between two signs of life: six may get lost before a host counts as dead."""
        return self.takeover_seconds / 6

    def sign_on(self) -> None:
        """Appear in the list of workers."""
        with self.journal.write() as connection:
            workers.beat(connection, self.name, socket.gethostname(), os.getpid(), self.threads)

    def sign_off(self) -> None:
        """Disappear from the list, with nothing in hand."""
        try:
            with self.journal.write() as connection:
                workers.sign_off(connection, self.name)
        except BridgeError as error:
            _log.warning("not signed off", code=error.code)

    def run(self) -> None:
        """Do what is due, every second at most; with the database away, say so once and go on trying."""
        pause = min(1.0, self.beat_seconds)
        next_beat = 0.0
        while not self.stop.is_set():
            try:
                if time.monotonic() >= next_beat:
                    next_beat = time.monotonic() + self.beat_seconds
                    self.sign_on()
                    self._bury()
                self._look()
            except BridgeError as error:
                if not self._away:
                    _log.warning("journal away", code=error.code)
                self._away = True
            else:
                self._away = False
            self.stop.wait(pause)

    def _bury(self) -> None:
        with self.journal.write() as connection:
            dead = workers.bury(connection, self.takeover_seconds)
        for name in dead:
            _log.warning("worker gone; its work is taken over", worker=name)

    def _look(self) -> None:
        now = time.monotonic()
        for one in self.rounds:
            for name, seconds in timetable(self.poll_seconds).items():
                key = (one.tools.controller, name)
                if now >= self._next.get(key, 0.0):
                    self._next[key] = now + seconds
                    look_if_due(self.journal, one.tools.controller, name, seconds)


def look_if_due(journal: Journal, controller: str, name: str, seconds: float) -> bool:
    """Queue a round unless another host has queued it in this period; however many hosts there are, it is one look."""
    try:
        with journal.write() as connection:
            if not _first_in_period(connection, controller, name, seconds):
                return False
            return jobs.put(connection, [jobs.look(controller, name)]) == 1
    except AlreadyEnqueued:
        return False


def _first_in_period(connection: Connection, controller: str, name: str, seconds: float) -> bool:
    """Claim the period that it is now by the database's clock, by one conditional update."""
    moment = connection.execute(select(extract("epoch", func.now()))).scalar_one()
    period, cursor = floor(float(moment) / seconds), f"look-{name}"
    if insert_new(connection, cursors, {"instance": controller, "name": cursor, "number": period}):
        return True
    mine = (cursors.c.instance == controller, cursors.c.name == cursor, cursors.c.number != period)
    return connection.execute(update(cursors).where(*mine).values(number=period)).rowcount == 1
